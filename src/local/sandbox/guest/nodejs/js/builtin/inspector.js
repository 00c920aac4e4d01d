// `node:inspector`: no debugger can attach.

import { EventEmitter } from "node:events";
import { throwingAll } from "hoist:unavailable";

const WHY = "no debugger can attach";

class Session extends EventEmitter {
  disconnect() {}
}
for (const [name, value] of Object.entries(throwingAll("inspector", "connect connectToMainThread post", WHY))) {
  Object.defineProperty(Session.prototype, name, { value, writable: true, configurable: true });
}

export default {
  ...throwingAll("inspector", "open waitForDebugger", WHY),
  close() {},
  url: () => undefined,
  console,
  Session,
  Network: { requestWillBeSent() {}, responseReceived() {}, loadingFinished() {}, loadingFailed() {} },
};
