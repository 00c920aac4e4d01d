// What Node does in its default locale, en-US: the engine prints and compares plainly.

import process from "node:process";
import { labelNative } from "hoist:stack";
import { DateTimeFormat } from "hoist:intl-date";
import { NumberFormat } from "hoist:intl-number";

const { apply, defineProperty } = Reflect;

let warned = false;

/** Says once that a locale or an option is beyond what is here. */
export function warn(what) {
  if (warned) return;
  warned = true;
  process.emitWarning(`${what} is not available in Hoist's sandbox, which knows American English only`);
}

function checkLocale(locales) {
  const locale = Array.isArray(locales) ? locales[0] : locales;
  if (locale !== undefined && !/^en(-US)?$/.test(`${locale}`)) warn(`the locale ${locale}`);
}

const valueOfNumber = Number.prototype.valueOf;
const valueOfBigInt = BigInt.prototype.valueOf;

const numbers = {
  toLocaleString(locales, options) {
    const value = apply(valueOfNumber, this, []);
    checkLocale(locales);
    return new NumberFormat("en-US", options ?? undefined).format(value);
  },
};

const bigints = {
  toLocaleString(locales, options) {
    const value = apply(valueOfBigInt, this, []);
    checkLocale(locales);
    return new NumberFormat("en-US", options ?? undefined).format(value);
  },
};

const { getTime, toString, toTimeString } = Date.prototype;
const ZONE = " (Coordinated Universal Time)";
const withZone = (text) => (text.endsWith("GMT+0000") ? text + ZONE : text);
/** A date in American English; `required` and `preset` say what is shown without options. */
function shown(date, locales, options, required, preset) {
  checkLocale(locales);
  const formatter = new DateTimeFormat("en-US", options ?? undefined, required, preset);
  return Number.isNaN(apply(getTime, date, [])) ? INVALID : formatter.format(date);
}

const INVALID = "Invalid Date";
const dates = {
  toString() {
    return withZone(apply(toString, this, []));
  },
  toTimeString() {
    return withZone(apply(toTimeString, this, []));
  },
  toLocaleDateString(locales, options) {
    return shown(this, locales, options, "date", "date");
  },
  toLocaleTimeString(locales, options) {
    return shown(this, locales, options, "time", "time");
  },
  toLocaleString(locales, options) {
    return shown(this, locales, options, "any", "all");
  },
};

/** ASCII in the order of the root collation; letters follow, then everything else by code. */
const ORDER = "_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789";
const WEIGHTS = new Map([..." \t\n\v\f\r", ...ORDER].map((character, index) => [character, index + 1]));
const AFTER_ORDER = 100;
const MARKS = /\p{M}+/gu;
const NOT_ASCII = /[^\0-\x7f]/;

const base = (text) => (NOT_ASCII.test(text) ? text.normalize("NFD").replace(MARKS, "") : text);
const weight = (character) => WEIGHTS.get(character) ?? AFTER_ORDER + character.charCodeAt(0);
const sign = (one, other) => (one < other ? -1 : one > other ? 1 : 0);

/** Compares without accents and case; numbers by their value when `numeric`. */
function comparePrimary(one, other, numeric) {
  let left = 0;
  let right = 0;
  while (left < one.length && right < other.length) {
    if (numeric) {
      const first = /^\d+/.exec(one.slice(left))?.[0];
      const second = /^\d+/.exec(other.slice(right))?.[0];
      if (first !== undefined && second !== undefined) {
        const order = sign(BigInt(first), BigInt(second));
        if (order !== 0) return order;
        left += first.length;
        right += second.length;
        continue;
      }
    }
    const order = sign(weight(one[left++]), weight(other[right++]));
    if (order !== 0) return order;
  }
  return sign(one.length - left, other.length - right);
}

/** Lower case comes first. */
function compareCase(one, other) {
  for (let at = 0; at < one.length && at < other.length; at++) {
    if (one[at] !== other[at]) return one[at] === one[at].toLowerCase() ? -1 : 1;
  }
  return 0;
}

const strings = {
  localeCompare(that, locales, options) {
    if (this === undefined || this === null) throw new TypeError("String.prototype.localeCompare called on null or undefined");
    const one = `${this}`;
    const other = `${that}`;
    return compareTexts(one, other, options ?? {});
  },
};

/** -1, 0 or 1 by the rules of English. */
export function compareTexts(one, other, { sensitivity = "variant", numeric = false }) {
  if (one === other) return 0;
  const [first, second] = [base(one), base(other)];
  const order = comparePrimary(first.toLowerCase(), second.toLowerCase(), numeric);
  if (order !== 0 || sensitivity === "base") return order;
  if (sensitivity !== "case") {
    const accents = sign(one.normalize("NFD").toLowerCase(), other.normalize("NFD").toLowerCase());
    if (accents !== 0 || sensitivity === "accent") return accents;
  }
  return compareCase(first, second);
}

for (const [Type, methods] of [[Number, numbers], [BigInt, bigints], [Date, dates], [String, strings]]) {
  for (const name of Object.keys(methods)) {
    const native = Type.prototype[name];
    labelNative(methods[name], `${Type.name}.${name}`);
    defineProperty(methods[name], "length", { value: native.length, configurable: true });
    defineProperty(Type.prototype, name, { value: methods[name], writable: true, enumerable: false, configurable: true });
  }
}
