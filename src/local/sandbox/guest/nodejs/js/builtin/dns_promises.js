// `node:dns/promises`.

import { isIP } from "node:net";
import { unavailable } from "hoist:unavailable";

const WHY = "names are looked up by the requests of http, https and fetch themselves";

export const codes = Object.fromEntries(
  ("NODATA FORMERR SERVFAIL NOTFOUND NOTIMP REFUSED BADQUERY BADNAME BADFAMILY BADRESP CONNREFUSED TIMEOUT EOF FILE NOMEM " +
    "DESTRUCTION BADSTR BADFLAGS NONAME BADHINTS NOTINITIALIZED LOADIPHLPAPI ADDRGETNETWORKPARAMS CANCELLED")
    .split(" ").map((name) => [name, name === "EOF" ? "EOF" : `E${name}`]),
);

const rejecting = (names) => Object.fromEntries(names.split(" ").map((name) => [name, {
  async [name]() {
    throw unavailable("dns", name, WHY);
  },
}[name]]));

async function lookup(hostname, options) {
  const version = isIP(hostname);
  const found = version !== 0 ? { address: hostname, family: version } : { address: "127.0.0.1", family: 4 };
  if (version === 0 && hostname !== "localhost") throw unavailable("dns", "lookup", WHY);
  return options?.all ? [found] : found;
}

const resolving = rejecting("lookupService resolve resolve4 resolve6 resolveAny resolveCaa resolveCname resolveMx " +
  "resolveNaptr resolveNs resolvePtr resolveSoa resolveSrv resolveTxt reverse");

class Resolver {
  cancel() {}
  getServers() {
    return [];
  }
  setServers() {}
  setLocalAddress() {}
}
for (const name of Object.keys(resolving)) {
  Object.defineProperty(Resolver.prototype, name, { value: resolving[name], writable: true, configurable: true });
}

export default {
  lookup,
  getDefaultResultOrder: () => "verbatim",
  setDefaultResultOrder() {},
  setServers() {},
  getServers: () => [],
  ...resolving,
  Resolver,
  ...codes,
};
