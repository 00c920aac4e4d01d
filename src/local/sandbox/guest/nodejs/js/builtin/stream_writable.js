// `node:_stream_writable`.

import { Writable } from "node:stream";

export default Writable;
