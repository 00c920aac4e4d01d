import { table } from '../table.cjs';
import { customAlphabet, customRandom, nanoid, random, urlAlphabet } from 'nanoid';
import { nanoid as insecure, customAlphabet as insecureAlphabet } from 'nanoid/non-secure';

export const handler = table({
  shape: () => [nanoid().length, nanoid(10).length, /^[\w-]{21}$/.test(nanoid()), nanoid(0), urlAlphabet.length],
  'ten thousand are different': () => new Set(Array.from({ length: 10000 }, () => nanoid())).size,
  'letters are spread': () => { const text = Array.from({ length: 10 }, () => nanoid(10000)).join(''); const counts = new Map(); for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1); return [counts.size, Math.min(...counts.values()) > 1300, Math.max(...counts.values()) < 1850]; },
  'own alphabets': () => [/^[abc]{12}$/.test(customAlphabet('abc', 12)()), customAlphabet('x', 4)(), customAlphabet('0123456789', 5)(8).length],
  'own randomness': () => { let seed = 1; return customRandom('abcdef', 10, (size) => Uint8Array.from({ length: size }, () => (seed = (seed * 75) % 65537)))(); },
  bytes: () => [random(16).length, random(16) instanceof Uint8Array],
  'without crypto': () => [insecure().length, /^[xy]{7}$/.test(insecureAlphabet('xy', 7)())],
});
