// `node:_stream_readable`.

import { Readable } from "node:stream";

export default Readable;
