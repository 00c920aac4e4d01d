// `node:child_process`: there are no other programs in the sandbox.

import { EventEmitter } from "node:events";
import { throwingAll, throwingClasses } from "hoist:unavailable";

const WHY = "there are no other programs in it";

export default {
  ...throwingClasses("child_process", "ChildProcess", EventEmitter, WHY),
  ...throwingAll("child_process", "exec execFile execFileSync execSync fork spawn spawnSync _forkChild", WHY),
};
