// `node:wasi`: the engine runs no WebAssembly.

import { throwingClasses } from "hoist:unavailable";

export default throwingClasses("wasi", "WASI", Object, "its JavaScript engine runs no WebAssembly");
