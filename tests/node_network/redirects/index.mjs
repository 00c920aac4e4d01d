const fails = async (run) => { try { await run(); return 'no error'; } catch (error) { return `${error.name}: ${error.message} / ${error.cause?.message}`; } };
const to = (base, target, status = 302) => `${base}/redirect?status=${status}&to=${encodeURIComponent(target)}`;
export const handler = async ({ base, port }) => {
  const json = async (url, init) => { const res = await fetch(url, init); const { method, headers, body, url: seen } = await res.json(); return { redirected: res.redirected, path: new URL(res.url).pathname, method, headers, body, seen }; };
  const elsewhere = `http://localhost:${port}/echo`;
  return {
    followed: await json(to(base, '/echo?x')),
    post302: await json(to(base, '/echo'), { method: 'POST', body: 'x', headers: { 'content-type': 'text/plain', authorization: 'secret' } }),
    post303: await json(to(base, '/echo', 303), { method: 'PUT', body: 'x' }),
    post307: await json(to(base, '/echo', 307), { method: 'POST', body: 'x' }),
    twice: await json(to(base, to('', '/echo'))),
    otherOrigin: await json(to(base, elsewhere), { headers: { authorization: 'secret', cookie: 'c', 'x-kept': '1' } }),
    manual: await (async () => { const res = await fetch(to(base, '/echo'), { redirect: 'manual' }); return [res.status, res.headers.get('location'), res.redirected, await res.text()]; })(),
    error: await fails(() => fetch(to(base, '/echo'), { redirect: 'error' })),
    loop: await fails(() => fetch(`${base}/loop`)),
    scheme: await fails(() => fetch(to(base, 'ftp://x/'))),
    noLocation: (await fetch(`${base}/status?code=302`)).status,
    hash: (await fetch(`${to(base, '/echo')}#part`)).url.endsWith('/echo'),
  };
};
