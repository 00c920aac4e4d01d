// What Node does in its default locale, en-US: the engine has no `Intl` and prints and compares plainly.

import process from "node:process";
import { labelNative } from "hoist:stack";

const { apply, defineProperty } = Reflect;

let warned = false;

/** Says once that a locale or an option is beyond what is here. */
function warn(what) {
  if (warned) return;
  warned = true;
  process.emitWarning(`${what} is not available in Hoist's sandbox, which has no Intl: en-US without it is used`);
}

function checkLocale(locales) {
  const locale = Array.isArray(locales) ? locales[0] : locales;
  if (locale !== undefined && !/^en(-US)?$/.test(`${locale}`)) warn(`the locale ${locale}`);
}

function checkOptions(options, known) {
  for (const name of Object.keys(options ?? {})) {
    if (options[name] !== undefined && !known.includes(name)) warn(`the option ${name}`);
  }
}

const SYMBOLS = { USD: "$", EUR: "€", GBP: "£", JPY: "¥", INR: "₹", CNY: "CN¥", KRW: "₩", BRL: "R$", CAD: "CA$", AUD: "A$", MXN: "MX$" };
const grouped = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ",");

function formatNumber(value, options) {
  if (Number.isNaN(value)) return "NaN";
  const { style = "decimal", currency = "", useGrouping = true } = options ?? {};
  const digits = style === "currency" ? (/^(JPY|KRW)$/i.test(currency) ? 0 : 2) : 0;
  const least = options?.minimumFractionDigits ?? Math.min(digits, options?.maximumFractionDigits ?? digits);
  const most = options?.maximumFractionDigits ?? Math.max(least, style === "decimal" ? 3 : digits);
  if (!(least >= 0 && least <= 100)) throw new RangeError("minimumFractionDigits value is out of range.");
  if (!(most >= least && most <= 100)) throw new RangeError("maximumFractionDigits value is out of range.");
  const negative = value < 0 || Object.is(value, -0);
  const size = Math.abs(style === "percent" ? value * 100 : value);
  let text = "∞";
  if (size !== Infinity) {
    const plain = size < 1e21 ? size.toFixed(most) : BigInt(size).toString();
    const [whole, fraction = ""] = plain.split(".");
    const kept = fraction.slice(0, least) + fraction.slice(least).replace(/0+$/, "");
    text = (useGrouping ? grouped(whole) : whole) + (kept === "" ? "" : `.${kept}`);
  }
  if (style === "percent") text += "%";
  if (style === "currency") text = (SYMBOLS[currency.toUpperCase()] ?? `${currency.toUpperCase()}\u00a0`) + text;
  return negative ? `-${text}` : text;
}

const NUMBER_OPTIONS = ["style", "currency", "useGrouping", "minimumFractionDigits", "maximumFractionDigits"];
const valueOfNumber = Number.prototype.valueOf;
const valueOfBigInt = BigInt.prototype.valueOf;

const numbers = {
  toLocaleString(locales, options) {
    const value = apply(valueOfNumber, this, []);
    checkLocale(locales);
    checkOptions(options, NUMBER_OPTIONS);
    return formatNumber(value, options);
  },
};

const bigints = {
  toLocaleString(locales, options) {
    const text = `${apply(valueOfBigInt, this, [])}`;
    checkLocale(locales);
    checkOptions(options, []);
    return text.startsWith("-") ? `-${grouped(text.slice(1))}` : grouped(text);
  },
};

const { getTime, toString, toTimeString } = Date.prototype;
const ZONE = " (Coordinated Universal Time)";
const withZone = (text) => (text.endsWith("GMT+0000") ? text + ZONE : text);
const two = (number) => `${number}`.padStart(2, "0");

/** The parts of a time in en-US, or undefined for an invalid date. */
function parts(date, locales, options) {
  const time = new Date(apply(getTime, date, []));
  checkLocale(locales);
  checkOptions(options, ["timeZone"]);
  if (options?.timeZone !== undefined && !/^(utc|gmt|etc\/utc|etc\/gmt)$/i.test(options.timeZone)) {
    warn(`the time zone ${options.timeZone}`);
  }
  if (Number.isNaN(time.getTime())) return undefined;
  const hour = time.getUTCHours();
  return {
    day: `${time.getUTCMonth() + 1}/${time.getUTCDate()}/${time.getUTCFullYear()}`,
    time: `${hour % 12 || 12}:${two(time.getUTCMinutes())}:${two(time.getUTCSeconds())} ${hour < 12 ? "AM" : "PM"}`,
  };
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
    return parts(this, locales, options)?.day ?? INVALID;
  },
  toLocaleTimeString(locales, options) {
    return parts(this, locales, options)?.time ?? INVALID;
  },
  toLocaleString(locales, options) {
    const found = parts(this, locales, options);
    return found === undefined ? INVALID : `${found.day}, ${found.time}`;
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
    if (one === other) return 0;
    const { sensitivity = "variant", numeric = false } = options ?? {};
    const [first, second] = [base(one), base(other)];
    const order = comparePrimary(first.toLowerCase(), second.toLowerCase(), numeric);
    if (order !== 0 || sensitivity === "base") return order;
    if (sensitivity !== "case") {
      const accents = sign(one.normalize("NFD").toLowerCase(), other.normalize("NFD").toLowerCase());
      if (accents !== 0 || sensitivity === "accent") return accents;
    }
    return compareCase(first, second);
  },
};

for (const [Type, methods] of [[Number, numbers], [BigInt, bigints], [Date, dates], [String, strings]]) {
  for (const name of Object.keys(methods)) {
    const native = Type.prototype[name];
    labelNative(methods[name], `${Type.name}.${name}`);
    defineProperty(methods[name], "length", { value: native.length, configurable: true });
    defineProperty(Type.prototype, name, { value: methods[name], writable: true, enumerable: false, configurable: true });
  }
}
