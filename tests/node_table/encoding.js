module.exports = {
  'TextEncoder': () => { const e = new TextEncoder(); return [e.encode('é✓'), e.encode(), e.encoding, e.encodeInto('é✓', new Uint8Array(4)), e.encode('\ud800')]; },
  'TextDecoder': (t) => [new TextDecoder().decode(new Uint8Array([0xef, 0xbb, 0xbf, 65])), new TextDecoder('utf-8', { ignoreBOM: true }).decode(new Uint8Array([0xef, 0xbb, 0xbf, 65])).length, t.caught(() => new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array([255]))), t.caught(() => new TextDecoder('nope')), new TextDecoder('utf-16le').decode(new Uint8Array([65, 0])), new TextDecoder('latin1').encoding, new TextDecoder('UTF8').encoding, new TextDecoder().decode()],
  'TextDecoder in a stream': () => { const d = new TextDecoder(); return [d.decode(new Uint8Array([0xe2, 0x82]), { stream: true }), d.decode(new Uint8Array([0xac]), { stream: true }), d.decode()]; },
  'TextDecoder latin1': () => new TextDecoder('windows-1252').decode(new Uint8Array([0xe4, 0xe9])),
  'TextDecoder of views': (t) => [new TextDecoder().decode(new Uint8Array([65, 66, 67]).subarray(1)), new TextDecoder().decode(new DataView(new Uint8Array([65]).buffer)), new TextDecoder().decode(new Uint8Array([65]).buffer), t.caught(() => new TextDecoder().decode('x'))],
  'encodeURI': () => [encodeURI('ä b?#'), encodeURIComponent("ä b?#'()"), decodeURIComponent('%C3%A4'), escape('ä b'), unescape('%E4')],
  'invalid utf8 in detail': () => [[0xc0, 0x80], [0xe0, 0x80, 0x80], [0xf0, 0x9f, 0x98], [0xed, 0xa0, 0x80], [0xf5], [0x80, 65]].map((b) => [...new TextDecoder().decode(new Uint8Array(b))].map((c) => c.codePointAt(0).toString(16)).join(' ')),
};
