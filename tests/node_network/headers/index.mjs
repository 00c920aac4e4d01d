import { get, request } from 'node:http';
export const handler = async ({ base }) => {
  const message = await new Promise((resolve) => get(`${base}/headers`, (res) => { res.resume(); res.on('end', () => resolve(res)); }));
  const { date, ...headers } = message.headers;
  const fetched = await fetch(`${base}/headers`);
  const trailers = await new Promise((resolve) => get(`${base}/trailers`, { headers: { te: 'trailers' } }, (res) => { const seen = [Object.keys(res.trailers).length]; res.resume(); res.on('end', () => resolve([seen, res.trailers, res.rawTrailers, res.trailersDistinct, res.complete])); }));
  const req = request(`${base}/echo`, { method: 'POST', headers: { 'X-A': '1' } });
  req.on('error', () => {});
  req.setHeader('X-B', ['2', '3']); req.setHeader('x-c', 4); req.removeHeader('x-a');
  const outgoing = [req.getHeaders(), req.getHeaderNames(), req.getRawHeaderNames(), req.hasHeader('X-B'), req.getHeader('x-B'), req.headersSent, req.method, req.path, req.protocol, req.host];
  const sent = await new Promise((resolve) => { req.on('response', (res) => { let text = ''; res.on('data', (d) => { text += d; }).on('end', () => resolve(JSON.parse(text).headers)); }); req.end('x'); });
  const late = (() => { try { req.setHeader('x', 'y'); } catch (error) { return [error.code, error.message]; } })();
  return {
    headers, cookies: message.headers['set-cookie'], distinct: message.headersDistinct['x-twice'], raw: message.rawHeaders.filter((one, at) => at % 2 === 0 && one.toLowerCase() === 'x-twice').length,
    latin: message.headers['x-latin'], version: [message.httpVersion, message.httpVersionMajor, message.httpVersionMinor, message.statusMessage],
    fetched: [[...fetched.headers].filter(([name]) => name !== 'date'), fetched.headers.getSetCookie(), fetched.statusText], trailers, outgoing: JSON.parse(JSON.stringify(outgoing).replaceAll(base.slice(7), 'HOST')), sent, late,
    status: await new Promise((resolve) => get(`${base}/status?code=418`, (res) => { res.resume(); resolve([res.statusCode, res.statusMessage]); })),
    empty: await (async () => { const res = await fetch(`${base}/status?code=204`); return [res.status, res.body, await res.text()]; })(),
  };
};
