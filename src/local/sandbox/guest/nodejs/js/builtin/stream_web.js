// `node:stream/web`.

import * as streams from "__wasm_rquickjs_builtin/webstreams_wrapper";

export default { ...streams };
