// `Intl.NumberFormat` for American English.

const SYMBOLS = { USD: "$", EUR: "€", GBP: "£", JPY: "¥", INR: "₹", CNY: "CN¥", KRW: "₩", BRL: "R$", CAD: "CA$", AUD: "A$", MXN: "MX$", NZD: "NZ$", ILS: "₪", VND: "₫", TWD: "NT$", HKD: "HK$", PHP: "₱" };
const CURRENCY_NAMES = { USD: ["US dollar", "US dollars"], EUR: ["euro", "euros"], GBP: ["British pound", "British pounds"], JPY: ["Japanese yen", "Japanese yen"], CHF: ["Swiss franc", "Swiss francs"], CAD: ["Canadian dollar", "Canadian dollars"], AUD: ["Australian dollar", "Australian dollars"], INR: ["Indian rupee", "Indian rupees"], CNY: ["Chinese yuan", "Chinese yuan"] };
/** Currencies without cents, and with three digits. Source: ISO 4217. */
const NO_CENTS = /^(BIF|CLP|DJF|GNF|ISK|JPY|KMF|KRW|PYG|RWF|UGX|VND|VUV|XAF|XOF|XPF)$/;
const THREE_DIGITS = /^(BHD|IQD|JOD|KWD|LYD|OMR|TND)$/;
/** Units by their short form; the long one is the name, with an s when there are several. */
const UNITS = { day: " day", hour: " hr", minute: " min", second: " sec", millisecond: " ms", week: " wk", month: " mth", year: " yr",
  byte: " byte", kilobyte: " kB", megabyte: " MB", gigabyte: " GB", terabyte: " TB", kilometer: " km", meter: " m", centimeter: " cm",
  mile: " mi", kilogram: " kg", gram: " g", pound: " lb", celsius: "°C", fahrenheit: "°F", percent: "%", liter: " L", "kilometer-per-hour": " km/h" };
/** Short forms that have a plural. */
const PLURALS = new Set(["day", "week", "month", "year", "byte"]);
const COMPACT = [[1e12, "T", " trillion"], [1e9, "B", " billion"], [1e6, "M", " million"], [1e3, "K", " thousand"]];
const { floor, abs } = Math;

function range(value, name, least, most, preset) {
  if (value === undefined) return preset;
  const number = Number(value);
  if (!(number >= least && number <= most)) throw new RangeError(`${name} value is out of range.`);
  return floor(number);
}

/** The decimal digits of a number of any size, without sign and exponent. */
function plain(value) {
  if (typeof value === "bigint") return `${value < 0n ? -value : value}`;
  const [digits, exponent] = `${abs(value)}`.split("e");
  if (exponent === undefined) return digits;
  const [whole, fraction = ""] = digits.split(".");
  const point = whole.length + Number(exponent);
  const all = whole + fraction;
  if (point <= 0) return `0.${"0".repeat(-point)}${all}`;
  return all.length <= point ? all.padEnd(point, "0") : `${all.slice(0, point)}.${all.slice(point)}`;
}

/** `text` with at most `most` digits after the point; halves go up, as people count. */
function rounded(text, most) {
  const [whole, fraction = ""] = text.split(".");
  if (fraction.length <= most) return text;
  let digits = BigInt(whole + fraction.slice(0, most));
  if (fraction[most] >= "5") digits += 1n;
  const all = `${digits}`.padStart(most + 1, "0");
  return most === 0 ? all : `${all.slice(0, -most)}.${all.slice(-most)}`;
}

/** `text` with at most `most` significant digits. */
function significant(text, most) {
  const point = text.includes(".") ? text.indexOf(".") : text.length;
  const first = text.search(/[1-9]/);
  if (first === -1) return text;
  const places = first < point ? most - (point - first) : most + (first - point - 1);
  if (places >= 0) return rounded(text, places);
  const [whole] = text.split(".");
  const scale = 10n ** BigInt(-places);
  return `${((BigInt(whole) + scale / 2n) / scale) * scale}`;
}

export class NumberFormat {
  #resolved;
  #rules;
  #bound;

  constructor(locale, options = {}) {
    const { style = "decimal", notation = "standard", signDisplay = "auto" } = options;
    if (!["decimal", "percent", "currency", "unit"].includes(style)) {
      throw new RangeError(`Value ${style} out of range for Intl.NumberFormat options property style`);
    }
    const currency = options.currency === undefined ? undefined : `${options.currency}`.toUpperCase();
    if (style === "currency" && currency === undefined) throw new TypeError("Currency code is required with currency style.");
    if (currency !== undefined && !/^[A-Z]{3}$/.test(currency)) throw new RangeError(`Invalid currency code : ${options.currency}`);
    if (style === "unit" && options.unit === undefined) throw new TypeError("Required option \"unit\" must not be undefined");
    const cents = style !== "currency" ? 0 : NO_CENTS.test(currency) ? 0 : THREE_DIGITS.test(currency) ? 3 : 2;
    const isCompact = notation === "compact";
    const upper = options.maximumFractionDigits;
    const least = range(options.minimumFractionDigits, "minimumFractionDigits", 0, 100, Math.min(isCompact ? 0 : cents, upper ?? cents));
    const most = range(upper, "maximumFractionDigits", 0, 100, Math.max(least, style === "currency" ? (isCompact ? 0 : cents) : style === "percent" || isCompact ? 0 : 3));
    if (most < least) throw new RangeError("maximumFractionDigits value is out of range.");
    const bySignificance = options.minimumSignificantDigits !== undefined || options.maximumSignificantDigits !== undefined;
    const fewest = bySignificance ? range(options.minimumSignificantDigits, "minimumSignificantDigits", 1, 21, 1) : undefined;
    const widest = bySignificance ? range(options.maximumSignificantDigits, "maximumSignificantDigits", fewest, 21, 21) : undefined;
    const isRoughlyRounded = isCompact && upper === undefined && options.minimumFractionDigits === undefined && !bySignificance;
    const integers = range(options.minimumIntegerDigits, "minimumIntegerDigits", 1, 21, 1);
    const useGrouping = options.useGrouping ?? (isCompact ? "min2" : "auto");
    const ofCurrency = { currency, currencyDisplay: options.currencyDisplay ?? "symbol", currencySign: options.currencySign ?? "standard" };
    this.#rules = { ...options, ...ofCurrency, style, notation, signDisplay, least, most, fewest, widest, integers, isRoughlyRounded, useGrouping };
    this.#resolved = {
      locale, numberingSystem: "latn", style, ...(style === "currency" ? ofCurrency : undefined),
      ...(style === "unit" ? { unit: options.unit, unitDisplay: options.unitDisplay ?? "short" } : undefined),
      minimumIntegerDigits: integers,
      ...(bySignificance ? { minimumSignificantDigits: fewest, maximumSignificantDigits: widest } :
        { minimumFractionDigits: least, maximumFractionDigits: most }),
      useGrouping: useGrouping === true ? "always" : useGrouping, notation, ...(isCompact ? { compactDisplay: options.compactDisplay ?? "short" } : undefined),
      signDisplay, roundingMode: "halfExpand", roundingIncrement: 1, trailingZeroDisplay: "auto", roundingPriority: "auto",
    };
  }

  /** The digits of a size, grouped, as parts. */
  #digits(text) {
    const { least, most, fewest, widest, integers, isRoughlyRounded, useGrouping } = this.#rules;
    let kept;
    if (widest !== undefined) {
      kept = significant(text, widest);
      const [whole, fraction = ""] = kept.split(".");
      const missing = fewest - (whole === "0" ? 0 : whole.length) - fraction.length;
      if (missing > 0) kept = `${whole}.${fraction}${"0".repeat(missing)}`;
    } else if (isRoughlyRounded) {
      kept = text.split(".")[0].length >= 2 ? rounded(text, 0) : significant(text, 2);
    } else {
      kept = rounded(text, most);
    }
    let [whole, fraction = ""] = kept.split(".");
    const floorOf = fewest === undefined ? least : 0;
    if (fewest === undefined) fraction = fraction.slice(0, floorOf) + fraction.slice(floorOf).replace(/0+$/, "");
    fraction = fraction.padEnd(floorOf, "0");
    whole = whole.padStart(integers, "0");
    const isGrouped = useGrouping !== false && useGrouping !== "false" && (useGrouping !== "min2" || whole.length > 4);
    const groups = isGrouped ? whole.replace(/\B(?=(\d{3})+$)/g, ",").split(",") : [whole];
    const parts = groups.flatMap((value, at) => (at === 0 ? [{ type: "integer", value }] : [{ type: "group", value: "," }, { type: "integer", value }]));
    if (fraction !== "") parts.push({ type: "decimal", value: "." }, { type: "fraction", value: fraction });
    return parts;
  }

  #number(value) {
    const { style, notation, compactDisplay } = this.#rules;
    if (value === Infinity || value === -Infinity) return [{ type: "infinity", value: "∞" }];
    let text = plain(style === "percent" && typeof value === "number" ? Number((abs(value) * 100).toPrecision(15)) : value);
    if (notation === "scientific" || notation === "engineering") {
      const size = Number(text);
      let exponent = size === 0 ? 0 : floor(Math.log10(size));
      if (notation === "engineering") exponent -= ((exponent % 3) + 3) % 3;
      return [...this.#digits(plain(Number((size / 10 ** exponent).toPrecision(15)))), { type: "exponentSeparator", value: "E" },
        ...(exponent < 0 ? [{ type: "exponentMinusSign", value: "-" }] : []), { type: "exponentInteger", value: `${abs(exponent)}` }];
    }
    let suffix = [];
    if (notation === "compact") {
      // 999,999 is a million when it is rounded.
      const found = COMPACT.find(([size]) => Number(text) >= (size === 1e3 ? 999.5 : size * 0.9995));
      if (found !== undefined) {
        const [size, short, long] = found;
        text = plain(Number((Number(text) / size).toPrecision(15)));
        suffix = compactDisplay === "long" ? [{ type: "literal", value: " " }, { type: "compact", value: long.trim() }] : [{ type: "compact", value: short }];
      }
    }
    return [...this.#digits(text), ...suffix];
  }

  formatToParts(input) {
    const value = typeof input === "bigint" ? input : Number(input);
    if (Number.isNaN(value)) return [{ type: "nan", value: "NaN" }];
    const { style, currency, currencyDisplay, currencySign, signDisplay, unit, unitDisplay = "short" } = this.#rules;
    let parts = this.#number(value);
    const isZero = parts.every(({ type, value: text }) => !/integer|fraction/.test(type) || /^0*$/.test(text)) && parts[0].type !== "infinity";
    const isOne = parts.length === 1 && parts[0].value === "1";
    if (style === "percent") parts.push({ type: "percentSign", value: "%" });
    if (style === "currency") {
      if (currencyDisplay === "name") {
        const names = CURRENCY_NAMES[currency] ?? [currency, currency];
        parts.push({ type: "literal", value: " " }, { type: "currency", value: names[isOne ? 0 : 1] });
      } else {
        const symbol = currencyDisplay === "code" ? currency : SYMBOLS[currency] ?? currency;
        const shown = currencyDisplay === "narrowSymbol" ? symbol.replace(/^[A-Z]+(?=[^A-Z])/, "") : symbol;
        parts = [{ type: "currency", value: shown }, ...(/[A-Z]$/.test(shown) ? [{ type: "literal", value: "\u00a0" }] : []), ...parts];
      }
    }
    if (style === "unit") parts.push(...unitParts(unit, unitDisplay, isOne));
    const isNegative = typeof value === "bigint" ? value < 0n : value < 0 || Object.is(value, -0);
    const isShown = { auto: isNegative, always: true, never: false, exceptZero: !isZero, negative: isNegative && !isZero }[signDisplay];
    if (!isShown) return parts;
    if (isNegative && style === "currency" && currencySign === "accounting") {
      return [{ type: "literal", value: "(" }, ...parts, { type: "literal", value: ")" }];
    }
    return [isNegative ? { type: "minusSign", value: "-" } : { type: "plusSign", value: "+" }, ...parts];
  }
  get format() {
    this.#bound ??= (value) => this.formatToParts(value).map((part) => part.value).join("");
    return this.#bound;
  }
  formatRange(start, end) {
    const [one, other] = [this.format(start), this.format(end)];
    return one === other ? `~${one}` : `${one}–${other}`;
  }
  resolvedOptions() {
    return { ...this.#resolved };
  }
}

function unitParts(unit, display, isOne) {
  const short = UNITS[unit];
  if (display === "long" || short === undefined) {
    return [{ type: "literal", value: " " }, { type: "unit", value: `${unit.replaceAll("-", " ")}${isOne ? "" : "s"}` }];
  }
  const text = short.trim() + (PLURALS.has(unit) && !isOne ? "s" : "");
  return short.startsWith(" ") && display !== "narrow" ? [{ type: "literal", value: " " }, { type: "unit", value: text }] : [{ type: "unit", value: text }];
}
