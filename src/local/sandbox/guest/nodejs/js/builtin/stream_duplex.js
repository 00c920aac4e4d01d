// `node:_stream_duplex`.

import { Duplex } from "node:stream";

export default Duplex;
