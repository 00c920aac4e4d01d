// `node:string_decoder` as an object: the vendored module gives its class alone.

import { StringDecoder } from "hoist:string-decoder";

export { StringDecoder };
export default { StringDecoder };
