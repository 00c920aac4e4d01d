// `node:_stream_transform`.

import { Transform } from "node:stream";

export default Transform;
