const { Readable, Transform, Writable, pipeline, PassThrough } = require('stream');
const { pipeline: piped, finished } = require('stream/promises');
const { text, json } = require('stream/consumers');
exports.handler = async () => {
  const out = [];
  const upper = new Transform({ transform(chunk, encoding, callback) { callback(null, chunk.toString().toUpperCase()); } });
  const chunks = [];
  await piped(Readable.from(['a', 'b']), upper, new Writable({ write(chunk, encoding, callback) { chunks.push(chunk.toString()); callback(); } }));
  out.push(chunks.join('')); out.push(await text(Readable.from(['x', 'y']))); out.push(await json(Readable.from(['{"a":', '1}'])));
  const objects = []; for await (const item of Readable.from([{ n: 1 }, { n: 2 }])) objects.push(item.n); out.push(objects);
  out.push(await new Promise((resolve) => pipeline(new Readable({ read() { this.destroy(new Error('broken')); } }), new PassThrough(), (error) => resolve(error.message))));
  const web = new ReadableStream({ start(controller) { controller.enqueue('w'); controller.close(); } }); const reader = web.getReader(); out.push(await reader.read(), await reader.read());
  out.push(await Readable.from([1, 2, 3]).map((x) => x * 2).toArray()); const decoder = new (require('string_decoder').StringDecoder)('utf8'); out.push(decoder.write(Buffer.from([0xe2, 0x82])) + decoder.write(Buffer.from([0xac])));
  const pass = new PassThrough(); pass.end('z'); await finished(pass.resume()); out.push(pass.readableEnded, await new Response_().text()); return out;
};
class Response_ { async text() { return new Blob(['blob', 'bed']).text(); } }
