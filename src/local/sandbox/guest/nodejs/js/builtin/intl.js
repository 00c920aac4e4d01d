// `Intl`: American English, whatever locale is asked for; a warning says so once.

import { DateTimeFormat } from "hoist:intl-date";
import { NumberFormat } from "hoist:intl-number";
import { compareTexts, warn } from "hoist:locale";

/** The locales of a request, checked and in their usual spelling. */
function canonical(locales) {
  const list = locales === undefined ? [] : typeof locales === "string" || !Array.isArray(locales) ? [locales] : locales;
  return list.map((one) => {
    if (typeof one !== "string" && (typeof one !== "object" || one === null)) throw new TypeError("Incorrect locale information provided");
    const text = `${one}`;
    if (!/^[a-z]{2,8}(-[a-z0-9]{1,8})*$/i.test(text)) throw new RangeError(`Incorrect locale information provided`);
    const [language, ...rest] = text.split("-");
    return [language.toLowerCase(), ...rest.map((part) => (part.length === 2 ? part.toUpperCase() : part.length === 4 ? part[0].toUpperCase() + part.slice(1).toLowerCase() : part.toLowerCase()))].join("-");
  });
}

const isEnglish = (locale) => /^en(-|$)/.test(locale);

/** The locale that is used: one of English, or American English with a warning. */
function chosen(locales) {
  const list = canonical(locales);
  const found = list.find(isEnglish);
  if (list.length > 0 && (found === undefined || !/^en(-US)?(-u-.*)?$/.test(found))) warn(`the locale ${list[0]}`);
  return found === undefined ? "en-US" : found.replace(/-u-.*$/, "");
}

/** A class of `Intl`; those that are old can be called without `new`. */
function service(name, Class, callable = false) {
  const make = (args) => new Class(chosen(args[0]), args[1] === null ? undefined : args[1], ...args.slice(2));
  const Service = { [name]: function (...args) {
    if (!callable && new.target === undefined) throw new TypeError(`Constructor Intl.${name} requires 'new'`);
    return make(args);
  } }[name];
  Object.defineProperty(Service, "prototype", { value: Class.prototype, writable: false });
  Object.defineProperty(Class.prototype, "constructor", { value: Service, writable: true, configurable: true });
  Object.defineProperty(Class.prototype, Symbol.toStringTag, { value: `Intl.${name}`, configurable: true });
  Object.defineProperty(Service, "supportedLocalesOf", {
    value: (locales) => canonical(locales).filter(isEnglish), writable: true, configurable: true,
  });
  Object.defineProperty(Service, "length", { value: 0, configurable: true });
  return Service;
}

class Collator {
  #options;
  #locale;
  constructor(locale, options = {}) {
    this.#locale = locale;
    this.#options = options;
    this.compare = (one, other) => compareTexts(`${one}`, `${other}`, options);
    Object.defineProperty(this, "compare", { enumerable: false });
  }
  resolvedOptions() {
    const { usage = "sort", sensitivity = "variant", ignorePunctuation = false, numeric = false, caseFirst = "false" } = this.#options;
    return { locale: this.#locale, usage, sensitivity, ignorePunctuation, collation: "default", numeric, caseFirst };
  }
}

class PluralRules {
  #type;
  #locale;
  #numbers;
  constructor(locale, options = {}) {
    this.#locale = locale;
    this.#type = options.type ?? "cardinal";
    this.#numbers = new NumberFormat(locale, options);
  }
  select(value) {
    if (this.#type === "cardinal") return this.#numbers.format(value) === "1" ? "one" : "other";
    const [one, two] = [Math.abs(value) % 10, Math.abs(value) % 100];
    if (two >= 11 && two <= 13) return "other";
    return one === 1 ? "one" : one === 2 ? "two" : one === 3 ? "few" : "other";
  }
  selectRange(start, end) {
    return this.select(end);
  }
  resolvedOptions() {
    const { minimumIntegerDigits, minimumFractionDigits, maximumFractionDigits } = this.#numbers.resolvedOptions();
    const pluralCategories = this.#type === "cardinal" ? ["one", "other"] : ["few", "one", "two", "other"];
    return { locale: this.#locale, type: this.#type, minimumIntegerDigits, minimumFractionDigits, maximumFractionDigits, pluralCategories };
  }
}

const UNITS = { second: "sec.", minute: "min.", hour: "hr.", day: "day", week: "wk.", month: "mo.", quarter: "qtr.", year: "yr." };
const NAMED = {
  second: { 0: "now" }, minute: { 0: "this minute" }, hour: { 0: "this hour" }, day: { "-1": "yesterday", 0: "today", 1: "tomorrow" },
  week: { "-1": "last week", 0: "this week", 1: "next week" }, month: { "-1": "last month", 0: "this month", 1: "next month" },
  quarter: { "-1": "last quarter", 0: "this quarter", 1: "next quarter" }, year: { "-1": "last year", 0: "this year", 1: "next year" },
};

class RelativeTimeFormat {
  #options;
  #locale;
  #numbers;
  constructor(locale, { numeric = "always", style = "long" } = {}) {
    this.#locale = locale;
    this.#options = { style, numeric };
    this.#numbers = new NumberFormat(locale);
  }
  formatToParts(input, given) {
    const unit = `${given}`.replace(/s$/, "");
    if (!Object.hasOwn(UNITS, unit)) throw new RangeError(`Invalid unit argument for Intl.RelativeTimeFormat.prototype.format() '${given}'`);
    const value = Number(input);
    if (!Number.isFinite(value)) throw new RangeError("The number value must be finite");
    const { style, numeric } = this.#options;
    const named = numeric === "auto" ? NAMED[unit][value] : undefined;
    if (named !== undefined) return [{ type: "literal", value: named }];
    const size = Math.abs(value);
    const several = size === 1 ? "" : "s";
    const isShort = style !== "long" && unit !== "day";
    const name = isShort ? (unit === "quarter" && several ? "qtrs." : UNITS[unit]) : unit + several;
    const past = value < 0 || Object.is(value, -0);
    const numbers = this.#numbers.formatToParts(size).map((part) => ({ ...part, unit }));
    return past ? [...numbers, { type: "literal", value: ` ${name} ago` }] : [{ type: "literal", value: "in " }, ...numbers, { type: "literal", value: ` ${name}` }];
  }
  format(value, unit) {
    return this.formatToParts(value, unit).map((part) => part.value).join("");
  }
  resolvedOptions() {
    return { locale: this.#locale, ...this.#options, numberingSystem: "latn" };
  }
}

class ListFormat {
  #options;
  #locale;
  constructor(locale, { type = "conjunction", style = "long" } = {}) {
    this.#locale = locale;
    this.#options = { type, style };
  }
  formatToParts(list) {
    const { type, style } = this.#options;
    const items = [...list].map((value) => ({ type: "element", value }));
    const word = type === "disjunction" ? "or" : type === "unit" ? "" : style === "long" ? "and" : style === "short" ? "&" : "";
    const between = type === "unit" && style === "narrow" ? " " : ", ";
    const pair = word === "" ? between : ` ${word} `;
    const last = word === "" ? between : `, ${word} `;
    return items.flatMap((item, at) => {
      if (at === 0) return [item];
      const value = items.length === 2 ? pair : at === items.length - 1 ? last : between;
      return [{ type: "literal", value }, item];
    });
  }
  format(list) {
    return this.formatToParts(list).map((part) => part.value).join("");
  }
  resolvedOptions() {
    return { locale: this.#locale, ...this.#options };
  }
}

/** A user-perceived character: near enough to UAX #29 for Latin, marks and emoji. */
const GRAPHEME = /\r\n|\p{RI}\p{RI}|\p{Emoji}(?:\p{EMod}|\uFE0F\u20E3?|[\u{E0020}-\u{E007F}]+)*(?:\u200D\p{Emoji}(?:\p{EMod}|\uFE0F)*)*[\p{M}\u200D]*|[^][\p{M}\u200D]*/gu;
const SEGMENTS = {
  grapheme: GRAPHEME,
  word: /[\p{L}\p{N}_]+(?:['’.][\p{L}\p{N}]+)*|[^]/gu,
  sentence: /[^.!?]*(?:[.!?]+\s*|$)/gu,
};

class Segmenter {
  #granularity;
  #locale;
  constructor(locale, { granularity = "grapheme" } = {}) {
    if (!Object.hasOwn(SEGMENTS, granularity)) throw new RangeError(`Value ${granularity} out of range for Intl.Segmenter options property granularity`);
    this.#granularity = granularity;
    this.#locale = locale;
  }
  segment(input) {
    const text = `${input}`;
    const pieces = () => [...text.matchAll(SEGMENTS[this.#granularity])].filter(([segment]) => segment !== "").map((match) => ({
      segment: match[0], index: match.index, input: text, ...(this.#granularity === "word" ? { isWordLike: /[\p{L}\p{N}]/u.test(match[0]) } : undefined),
    }));
    return {
      [Symbol.iterator]: () => pieces()[Symbol.iterator](),
      containing: (at = 0) => pieces().find(({ index, segment }) => index <= at && at < index + segment.length),
    };
  }
  resolvedOptions() {
    return { locale: this.#locale, granularity: this.#granularity };
  }
}

class DisplayNames {
  #type;
  #locale;
  constructor(locale, { type } = {}) {
    if (type === undefined) throw new TypeError("Required option \"type\" must not be undefined");
    this.#type = type;
    this.#locale = locale;
    warn("Intl.DisplayNames");
  }
  of(code) {
    return `${code}`;
  }
  resolvedOptions() {
    return { locale: this.#locale, style: "long", type: this.#type, fallback: "code" };
  }
}

class Locale {
  #tag;
  constructor(tag) {
    [this.#tag] = canonical([tag]);
  }
  get baseName() {
    return this.#tag.replace(/-u-.*$/, "");
  }
  get language() {
    return this.#tag.split("-")[0];
  }
  get region() {
    return this.baseName.split("-").slice(1).find((part) => /^([A-Z]{2}|\d{3})$/.test(part));
  }
  get script() {
    return this.baseName.split("-").slice(1).find((part) => part.length === 4);
  }
  maximize() {
    return this;
  }
  minimize() {
    return this;
  }
  toString() {
    return this.#tag;
  }
}

const members = {
  getCanonicalLocales: (locales) => [...new Set(canonical(locales))],
  supportedValuesOf(key) {
    const values = { calendar: ["gregory"], collation: ["default"], currency: ["EUR", "GBP", "JPY", "USD"], numberingSystem: ["latn"], timeZone: ["UTC"], unit: [] }[key];
    if (values === undefined) throw new RangeError(`Invalid key : ${key}`);
    warn(`Intl.supportedValuesOf("${key}")`);
    return values;
  },
  Collator: service("Collator", Collator, true), DateTimeFormat: service("DateTimeFormat", DateTimeFormat, true), DisplayNames: service("DisplayNames", DisplayNames),
  ListFormat: service("ListFormat", ListFormat), Locale, NumberFormat: service("NumberFormat", NumberFormat, true),
  PluralRules: service("PluralRules", PluralRules), RelativeTimeFormat: service("RelativeTimeFormat", RelativeTimeFormat), Segmenter: service("Segmenter", Segmenter),
};
export const Intl = Object.create(Object.prototype, { [Symbol.toStringTag]: { value: "Intl", configurable: true } });
for (const name of Object.keys(members)) {
  Object.defineProperty(Intl, name, { value: members[name], writable: true, enumerable: false, configurable: true });
}
Object.defineProperty(globalThis, "Intl", { value: Intl, writable: true, enumerable: false, configurable: true });
