// Hosts of URLs: the host parser and serializer of https://url.spec.whatwg.org/#hosts-(domains-and-ip-addresses).

import { toASCII as punycodeToASCII, toUnicode as punycodeToUnicode } from "node:punycode";

const FORBIDDEN_HOST = /[\0\t\n\r #/:<>?@[\\\]^|]/;
const FORBIDDEN_DOMAIN = /[\0-\x20"#%/:<>?@[\\\]^`{|}\x7f]/;

/** Percent-decodes text of an ASCII or Unicode string as UTF-8; undefined when the bytes are not UTF-8. */
function percentDecode(text) {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text.replace(/%(?![0-9a-fA-F]{2})/g, "%25"));
  } catch {
    return undefined;
  }
}

/** A domain in ASCII, or undefined when it cannot be one. */
export function domainToASCII(domain) {
  let ascii = domain;
  // eslint-disable-next-line no-control-regex
  if (/[^\0-\x7f]/.test(domain)) {
    // UTS 46 maps before it encodes: compatibility forms, case, ideographic full stops, soft hyphens.
    const mapped = domain.replace(/[\u00ad\u200b\u2060\ufeff]/g, "").normalize("NFKC").toLowerCase()
      .normalize("NFC").replace(/[\u3002\uff0e\uff61]/g, ".");
    try {
      ascii = punycodeToASCII(mapped);
    } catch {
      return undefined;
    }
  }
  ascii = ascii.toLowerCase();
  if (ascii === "" || FORBIDDEN_DOMAIN.test(ascii)) return undefined;
  for (const label of ascii.split(".")) {
    if (label.startsWith("xn--")) {
      try {
        const decoded = punycodeToUnicode(label);
        if (decoded === label || label === "xn--") return undefined;
      } catch {
        return undefined;
      }
    }
  }
  return ascii;
}

/** A domain as people read it. */
export function domainToUnicode(domain) {
  try {
    return punycodeToUnicode(domain);
  } catch {
    return domain;
  }
}

function endsInNumber(domain) {
  const parts = domain.split(".");
  if (parts.at(-1) === "") {
    if (parts.length === 1) return false;
    parts.pop();
  }
  const last = parts.at(-1);
  return /^[0-9]+$/.test(last) || /^0[xX][0-9a-fA-F]*$/.test(last);
}

function parseIPv4Number(text) {
  if (text === "") return NaN;
  if (/^0[xX]/.test(text)) {
    const digits = text.slice(2);
    if (digits === "") return 0;
    return /^[0-9a-fA-F]+$/.test(digits) ? parseInt(digits, 16) : NaN;
  }
  if (text.length > 1 && text.startsWith("0")) {
    return /^[0-7]+$/.test(text) ? parseInt(text, 8) : NaN;
  }
  return /^[0-9]+$/.test(text) ? parseInt(text, 10) : NaN;
}

function parseIPv4(domain) {
  const parts = domain.split(".");
  if (parts.at(-1) === "" && parts.length > 1) parts.pop();
  if (parts.length > 4) return undefined;
  const numbers = parts.map(parseIPv4Number);
  if (numbers.some(Number.isNaN)) return undefined;
  const last = numbers.pop();
  if (numbers.some((number) => number > 255) || last >= 256 ** (4 - numbers.length)) return undefined;
  let address = last;
  numbers.forEach((number, index) => (address += number * 256 ** (3 - index)));
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

/** The eight pieces of an IPv6 address, or undefined. */
function parseIPv6(text) {
  let tail = [];
  const v4 = /^(.*:)(\d{1,3}(?:\.\d{1,3}){3})$/.exec(text);
  if (v4) {
    const bytes = v4[2].split(".");
    if (bytes.some((byte) => byte > 255 || (byte.length > 1 && byte.startsWith("0")))) return undefined;
    tail = [bytes[0] * 256 + +bytes[1], bytes[2] * 256 + +bytes[3]];
    text = v4[1].endsWith("::") ? v4[1] : v4[1].slice(0, -1);
  }
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const read = (half) => (half === "" ? [] : half.split(":"));
  const left = read(halves[0]);
  const right = halves.length === 2 ? read(halves[1]) : [];
  if ([...left, ...right].some((piece) => !/^[0-9a-fA-F]{1,4}$/.test(piece))) return undefined;
  const count = left.length + right.length + tail.length;
  if (halves.length === 1 ? count !== 8 : count > 7) return undefined;
  const number = (piece) => parseInt(piece, 16);
  const zeros = new Array(halves.length === 2 ? 8 - count : 0).fill(0);
  return [...left.map(number), ...zeros, ...right.map(number), ...tail];
}

function serializeIPv6(pieces) {
  let best = { at: -1, length: 1 };
  for (let at = 0; at < 8; at++) {
    let length = 0;
    while (at + length < 8 && pieces[at + length] === 0) length++;
    if (length > best.length) best = { at, length };
  }
  const hex = (list) => list.map((piece) => piece.toString(16)).join(":");
  if (best.at === -1) return `[${hex(pieces)}]`;
  return `[${hex(pieces.slice(0, best.at))}::${hex(pieces.slice(best.at + best.length))}]`;
}

function encodeOpaque(host) {
  let out = "";
  for (const character of host) {
    const code = character.codePointAt(0);
    out += code > 0x1f && code < 0x7f ? character : encodeURIComponent(character);
  }
  return out;
}

/** The serialized host that `input` names, or undefined when it names none. */
export function parseHost(input, isSpecial) {
  if (input.startsWith("[")) {
    if (!input.endsWith("]")) return undefined;
    const pieces = parseIPv6(input.slice(1, -1));
    return pieces && serializeIPv6(pieces);
  }
  if (!isSpecial) return FORBIDDEN_HOST.test(input) ? undefined : encodeOpaque(input);
  const domain = percentDecode(input);
  const ascii = domain === undefined ? undefined : domainToASCII(domain);
  if (ascii === undefined) return undefined;
  return endsInNumber(ascii) ? parseIPv4(ascii) : ascii;
}
