module.exports = {
  'values': () => structuredClone({ a: [1, , 3], m: new Map([[1, { x: new Set([2]) }]]), d: new Date(0), r: /x/gi, b: 5n, u: undefined, n: null, t: new Uint8Array([1, 2]), s: Object('s') }),
  'circular': () => { const a = { n: 1 }; a.self = a; const c = structuredClone(a); return [c !== a, c.self === c]; },
  'what cannot be cloned': (t) => [t.caught(() => structuredClone(() => 1)), t.caught(() => structuredClone(Symbol('s'))), t.caught(() => structuredClone({ f() {} })), t.caught(() => structuredClone(Promise.resolve())), t.caught(() => structuredClone(new WeakMap())), t.caught(() => structuredClone())],
  'errors': () => { const e = structuredClone(Object.assign(new RangeError('m', { cause: { a: 1 } }), { extra: 1 })); return [e.name, e.message, e instanceof RangeError, e.cause, e.extra, e.stack.split('\n')[0]]; },
  'classes become objects': () => { class A { x = 1; get y() { return 2; } } const c = structuredClone(new A()); return [c, c.constructor === Object]; },
  'transfer': (t) => { const b = new ArrayBuffer(4); const c = structuredClone({ b }, { transfer: [b] }); return [b.byteLength, c.b.byteLength, t.caught(() => structuredClone(1, { transfer: [{}] }))]; },
  'shared parts': () => { const x = { a: 1 }; const c = structuredClone([x, x]); return c[0] === c[1]; },
  'getters are read': () => structuredClone({ get a() { return 1; } }),
  'buffers': () => [structuredClone(Buffer.from('ab')), structuredClone(new Float32Array([1.5])), structuredClone(new DataView(new ArrayBuffer(2)))],
};
