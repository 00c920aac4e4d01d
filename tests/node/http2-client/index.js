// `http2.connect` without a server: sessions, and what is told apart. Requests go over HTTP/1.1 (tests/sdk has those).
const http2 = require('http2');
const thrown = (run) => { try { return run() ?? 'nothing'; } catch (error) { return [error.code, error.message]; } };
const event = (emitter, name) => new Promise((resolve) => emitter.once(name, (...args) => resolve(args)));
exports.handler = async () => {
  const session = http2.connect('http://127.0.0.1:9');
  const before = [session.connecting, session.closed, session.destroyed, session.encrypted, typeof session.request];
  const grpc = thrown(() => session.request({ ':path': '/', 'content-type': 'application/grpc+proto' }));
  await event(session, 'connect');
  const connected = session.connecting;
  const settings = await new Promise((resolve) => session.settings({ enablePush: false }, (error, value) => resolve([error, value.enablePush])));
  const closing = event(session, 'close');
  session.close();
  await closing;
  const after = [session.closed, session.destroyed];
  const late = thrown(() => session.request({ ':path': '/' }));
  const refused = http2.connect('http://127.0.0.1:9');
  const stream = refused.request({ ':path': '/' });
  const [[failure], [lost]] = await Promise.all([event(stream, 'error'), event(refused, 'error')]);
  return {
    before, connected, settings, after, late, grpc,
    refused: [failure.code, typeof lost.code, stream.destroyed, refused.destroyed],
    protocol: thrown(() => http2.connect('ftp://x')),
    server: thrown(() => http2.createServer()),
    constants: [http2.constants.HTTP2_HEADER_STATUS, http2.constants.NGHTTP2_CANCEL],
  };
};
