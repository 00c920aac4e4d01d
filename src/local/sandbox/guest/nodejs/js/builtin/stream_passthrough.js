// `node:_stream_passthrough`.

import { PassThrough } from "node:stream";

export default PassThrough;
