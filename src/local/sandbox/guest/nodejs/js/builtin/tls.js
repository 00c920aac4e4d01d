// `node:tls`: constants and pure functions; connections are `node:https`'s alone.

import net, { isIP } from "node:net";
import { Buffer } from "node:buffer";
import { throwingAll, unavailable } from "hoist:unavailable";

const WHY = "it reaches HTTP and HTTPS servers only";

/** What is given to an agent: it keeps the options, and the host reads them. */
function SecureContext(options) {
  if (!(this instanceof SecureContext)) return new SecureContext(options);
  Object.assign(this, options);
}

function TLSSocket(socket, options) {
  if (!(this instanceof TLSSocket)) return new TLSSocket(socket, options);
  throw unavailable("tls", "TLSSocket", WHY);
}
Object.setPrototypeOf(TLSSocket.prototype, net.Socket.prototype);
Object.setPrototypeOf(TLSSocket, net.Socket);

function Server(options, listener) {
  if (!(this instanceof Server)) return new Server(options, listener);
  Reflect.apply(net.Server, this, [options, listener]);
}
Object.setPrototypeOf(Server.prototype, net.Server.prototype);
Object.setPrototypeOf(Server, net.Server);

function mismatch(reason, host, cert) {
  const error = new Error(`Hostname/IP does not match certificate's altnames: ${reason}`);
  return Object.assign(error, { code: "ERR_TLS_CERT_ALTNAME_INVALID", reason, host, cert });
}

/** Whether a pattern of a certificate (`*.example.com`) covers `host`. */
function covers(pattern, host) {
  const [first, ...rest] = pattern.toLowerCase().replace(/\.$/, "").split(".");
  const labels = host.split(".");
  if (labels.length !== rest.length + 1) return false;
  if (rest.join(".") !== labels.slice(1).join(".")) return false;
  if (!first.includes("*")) return first === labels[0];
  if (rest.length < 2 || first.startsWith("xn--") || first.split("*").length !== 2) return false;
  const [before, after] = first.split("*");
  return labels[0].length >= before.length + after.length && labels[0].startsWith(before) && labels[0].endsWith(after);
}

function checkServerIdentity(hostname, cert) {
  const host = `${hostname}`.toLowerCase().replace(/\.$/, "");
  const names = (cert.subjectaltname ?? "").split(", ").filter(Boolean);
  const dns = names.filter((name) => name.startsWith("DNS:")).map((name) => name.slice(4));
  const ips = names.filter((name) => name.startsWith("IP Address:")).map((name) => name.slice(11));
  if (isIP(host)) {
    return ips.includes(host) ? undefined : mismatch(`IP: ${host} is not in the cert's list: ${ips.join(", ")}`, hostname, cert);
  }
  if (dns.length > 0 || cert.subject?.CN) {
    const patterns = dns.length > 0 ? dns : [cert.subject.CN].flat();
    if (patterns.some((pattern) => covers(pattern, host))) return undefined;
    return mismatch(dns.length > 0
      ? `Host: ${host}. is not in the cert's altnames: ${cert.subjectaltname}`
      : `Host: ${host}. is not cert's CN: ${cert.subject.CN}`, hostname, cert);
  }
  return mismatch("Cert does not contain a DNS name", hostname, cert);
}

function convertALPNProtocols(protocols, out) {
  if (Array.isArray(protocols)) {
    out.ALPNProtocols = Buffer.concat(protocols.map((name) => Buffer.from([name.length, ...Buffer.from(name)])));
  } else if (ArrayBuffer.isView(protocols)) {
    out.ALPNProtocols = Buffer.from(protocols.buffer, protocols.byteOffset, protocols.byteLength);
  }
}

export default {
  CLIENT_RENEG_LIMIT: 3,
  CLIENT_RENEG_WINDOW: 600,
  DEFAULT_CIPHERS: "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:" +
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:" +
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-CHACHA20-POLY1305",
  DEFAULT_ECDH_CURVE: "auto",
  DEFAULT_MIN_VERSION: "TLSv1.2",
  DEFAULT_MAX_VERSION: "TLSv1.3",
  /** The host's system has them; they are not shown to functions. */
  rootCertificates: Object.freeze([]),
  getCACertificates: () => [],
  getCiphers: () => [
    "tls_aes_128_gcm_sha256", "tls_aes_256_gcm_sha384", "tls_chacha20_poly1305_sha256", "ecdhe-ecdsa-aes128-gcm-sha256",
    "ecdhe-ecdsa-aes256-gcm-sha384", "ecdhe-ecdsa-chacha20-poly1305", "ecdhe-rsa-aes128-gcm-sha256",
    "ecdhe-rsa-aes256-gcm-sha384", "ecdhe-rsa-chacha20-poly1305",
  ],
  checkServerIdentity,
  convertALPNProtocols,
  createSecureContext: (options) => new SecureContext(options),
  SecureContext,
  TLSSocket,
  Server,
  createServer: (options, listener) => new Server(options, listener),
  ...throwingAll("tls", "connect createSecurePair", WHY),
};
