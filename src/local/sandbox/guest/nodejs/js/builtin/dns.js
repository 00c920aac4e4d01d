// `node:dns`: names are the host's to look up; addresses and `localhost` are answered here.

import { isIP } from "node:net";
import { nextTick } from "node:process";
import { throwing, throwingAll, unavailable } from "hoist:unavailable";
import promises, { codes } from "node:dns/promises";
import { ERR_INVALID_ARG_TYPE } from "__wasm_rquickjs_builtin/internal/errors";

const WHY = "names are looked up by the requests of http, https and fetch themselves";

/** What is known of a name without asking anyone. */
function known(hostname, family) {
  if (!hostname) return { address: null, family: family === 6 ? 6 : 4 };
  const version = isIP(hostname);
  if (version !== 0) return { address: hostname, family: version };
  if (hostname === "localhost") return family === 6 ? { address: "::1", family: 6 } : { address: "127.0.0.1", family: 4 };
  return undefined;
}

function lookup(hostname, options, callback) {
  if (typeof options === "function") [callback, options] = [options, {}];
  if (typeof callback !== "function") throw new ERR_INVALID_ARG_TYPE("callback", "function", callback);
  const family = typeof options === "number" ? options : options?.family;
  const found = known(hostname, +`${family ?? 0}`.replace("IPv", ""));
  if (found === undefined) throw unavailable("dns", "lookup", WHY);
  nextTick(() => (options?.all ? callback(null, found.address === null ? [] : [found]) : callback(null, found.address, found.family)));
  return {};
}

const RESOLVING = "lookupService resolve resolve4 resolve6 resolveAny resolveCaa resolveCname resolveMx resolveNaptr " +
  "resolveNs resolvePtr resolveSoa resolveSrv resolveTxt reverse";

class Resolver {
  cancel() {}
  getServers() {
    return [];
  }
  setServers() {}
  setLocalAddress() {}
}
for (const name of RESOLVING.split(" ").slice(1)) {
  Object.defineProperty(Resolver.prototype, name, { value: throwing("dns", name, WHY), writable: true, configurable: true });
}

export default {
  lookup,
  getDefaultResultOrder: () => "verbatim",
  setDefaultResultOrder() {},
  setServers() {},
  getServers: () => [],
  ...throwingAll("dns", RESOLVING, WHY),
  Resolver,
  ADDRCONFIG: 32,
  ALL: 16,
  V4MAPPED: 8,
  ...codes,
  promises,
};
