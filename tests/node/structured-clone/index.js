exports.handler = async () => {
  const source = { date: new Date(0), map: new Map([[1, { a: 1 }]]), set: new Set([1]), list: [1, , 3], re: /x/gi, big: 1n.toString(), bytes: new Uint8Array([1, 2]), error: new TypeError('t'), nested: { u: undefined } }; source.self = source;
  const copy = structuredClone(source);
  return [copy !== source, copy.self === copy, copy.date.getTime(), copy.map.get(1).a, copy.set.has(1), copy.re.flags, [...copy.bytes], copy.error.message, copy.error instanceof TypeError, (() => { try { structuredClone(() => {}); } catch (error) { return error.name; } })()];
};
