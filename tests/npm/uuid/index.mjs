import { table, caught } from '../table.cjs';
import * as uuid from 'uuid';
import { v3, v4, v5, v7, validate } from 'uuid';

const shape = (id) => id.replace(/[0-9a-f]/g, 'x');

export const handler = table({
  exports: () => Object.keys(uuid).sort(),
  'shape of every version': () => [uuid.v1(), v4(), uuid.v6(), v7()].map((id) => [shape(id), uuid.version(id), validate(id)]),
  'a thousand are different': () => new Set(Array.from({ length: 1000 }, () => v4())).size,
  'v7 sorts by time': () => {
    const ids = Array.from({ length: 200 }, () => v7());
    return ids.every((id, at) => at === 0 || ids[at - 1] < id);
  },
  'v4 of given bytes': () => v4({ random: Uint8Array.from({ length: 16 }, (_, at) => at * 7) }),
  'v1 of given state': () => uuid.v1({ node: Uint8Array.of(1, 2, 3, 4, 5, 6), clockseq: 0x1234, msecs: Date.UTC(2020, 0, 1), nsecs: 5678 }),
  'v1 to v6 and back': () => {
    const one = uuid.v1({ node: Uint8Array.of(1, 2, 3, 4, 5, 6), clockseq: 1, msecs: 0, nsecs: 0 });
    return [one, uuid.v1ToV6(one), uuid.v6ToV1(uuid.v1ToV6(one))];
  },
  'v7 of given state': () => v7({ msecs: 1700000000000, seq: 77, random: new Uint8Array(16).fill(9) }),
  'names under namespaces': () => [v3('hello.example.com', v3.DNS), v5('hello.example.com', v5.DNS), v5('grüße', v5.URL), v3('', v5('x', v5.DNS))],
  'names of bytes': () => v5(Uint8Array.of(0, 255, 1), '1b671a64-40d5-491e-99b0-da01ff1f3341'),
  'into a buffer': () => {
    const buffer = new Uint8Array(20);
    v4({ random: new Uint8Array(16).fill(255) }, buffer, 2);
    return buffer;
  },
  'parse and stringify': () => [uuid.parse('6ec0bd7f-11c0-43da-975e-2a8ad9ebae0b'), uuid.stringify(new Uint8Array(16).fill(0x11))],
  validating: () => [validate(uuid.NIL), validate(uuid.MAX), validate('x'), validate('6ec0bd7f-11c0-93da-975e-2a8ad9ebae0b'), validate(5)],
  'wrong arguments': () => [caught(() => uuid.parse('nope')), caught(() => uuid.version('nope')), caught(() => v5('x', 'nope')), caught(() => uuid.stringify([1, 2]))],
});
