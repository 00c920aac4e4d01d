// The host gives twice as many bytes as the function's memory (128 MB) holds.
const { randomBytes } = require('crypto');
exports.handler = async () => {
  let length = 0;
  for (let i = 0; i < 4096; i++) length += randomBytes(65536).length;
  return length;
};
