// `Intl.DateTimeFormat` for American English in every time zone. The offsets of the zones come from the host, which has
// the time zone database; the names of zones are those that the Unicode CLDR has for the United States, and some more.

import host from "hoist:host";
import process from "node:process";

const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const ERAS = { long: ["Before Christ", "Anno Domini"], short: ["BC", "AD"], narrow: ["B", "A"] };
const { apply } = Reflect;
const getTime = Date.prototype.getTime;

// ---- zones

/** Short and long names by the zone's standard abbreviation; `x` stands for Standard or Daylight. */
const AMERICAN = {
  E: ["Eastern", ["New_York", "Detroit", "Toronto", "Indiana/Indianapolis", "Kentucky/Louisville", "Montreal"]],
  C: ["Central", ["Chicago", "Winnipeg", "Menominee", "Mexico_City"]],
  M: ["Mountain", ["Denver", "Phoenix", "Boise", "Edmonton"]],
  P: ["Pacific", ["Los_Angeles", "Vancouver", "Tijuana"]],
  AK: ["Alaska", ["Anchorage", "Juneau", "Nome", "Sitka"]],
};
/** Long names elsewhere: of standard time and, where there is one, of summer time. */
const LONG = {
  "Central European": ["Standard Time", "Summer Time", ["Berlin", "Paris", "Madrid", "Rome", "Vienna", "Zurich", "Amsterdam", "Brussels", "Stockholm", "Oslo", "Copenhagen", "Prague", "Warsaw", "Budapest", "Belgrade"].map((city) => `Europe/${city}`)],
  "Eastern European": ["Standard Time", "Summer Time", ["Athens", "Helsinki", "Kiev", "Kyiv", "Bucharest", "Sofia", "Riga", "Tallinn", "Vilnius"].map((city) => `Europe/${city}`)],
  "Western European": ["Standard Time", "Summer Time", ["Europe/Lisbon"]],
  "Australian Eastern": ["Standard Time", "Daylight Time", ["Australia/Sydney", "Australia/Melbourne", "Australia/Brisbane", "Australia/Hobart"]],
  "Australian Central": ["Standard Time", "Daylight Time", ["Australia/Adelaide", "Australia/Darwin"]],
  "Australian Western": ["Standard Time", "Daylight Time", ["Australia/Perth"]],
  "Lord Howe": ["Standard Time", "Daylight Time", ["Australia/Lord_Howe"]],
  "New Zealand": ["Standard Time", "Daylight Time", ["Pacific/Auckland"]],
  Atlantic: ["Standard Time", "Daylight Time", ["America/Halifax", "Atlantic/Bermuda"]],
  Newfoundland: ["Standard Time", "Daylight Time", ["America/St_Johns"]],
  Israel: ["Standard Time", "Daylight Time", ["Asia/Jerusalem"]],
  India: ["Standard Time", "", ["Asia/Kolkata", "Asia/Calcutta"]], Japan: ["Standard Time", "", ["Asia/Tokyo"]],
  China: ["Standard Time", "", ["Asia/Shanghai"]], Singapore: ["Standard Time", "", ["Asia/Singapore"]],
  Korean: ["Standard Time", "", ["Asia/Seoul"]], "Hong Kong": ["Standard Time", "", ["Asia/Hong_Kong"]],
  Brasilia: ["Standard Time", "", ["America/Sao_Paulo"]], Argentina: ["Standard Time", "", ["America/Argentina/Buenos_Aires", "America/Buenos_Aires"]],
  Moscow: ["Standard Time", "", ["Europe/Moscow"]], Gulf: ["Standard Time", "", ["Asia/Dubai"]], "West Africa": ["Time", "", ["Africa/Lagos"]],
  "East Africa": ["Time", "", ["Africa/Nairobi"]], "South Africa": ["Standard Time", "", ["Africa/Johannesburg"]],
  Philippine: ["Standard Time", "", ["Asia/Manila"]], Indochina: ["Time", "", ["Asia/Bangkok", "Asia/Ho_Chi_Minh", "Asia/Saigon"]],
};
const NAMED = new Map();
for (const [letter, [name, cities]] of Object.entries(AMERICAN)) {
  for (const city of cities) {
    NAMED.set(`America/${city}`, { long: [`${name} Standard Time`, `${name} Daylight Time`], short: [`${letter}ST`, `${letter}DT`] });
  }
}
for (const [name, [standard, summer, zones]] of Object.entries(LONG)) {
  for (const zone of zones) NAMED.set(zone, { long: [`${name} ${standard}`, summer && `${name} ${summer}`] });
}
NAMED.set("Pacific/Honolulu", { long: ["Hawaii-Aleutian Standard Time", ""], short: ["HST", "HST"] });
NAMED.set("Europe/London", { long: ["Greenwich Mean Time", "British Summer Time"], short: ["GMT", ""] });
NAMED.set("UTC", { long: ["Coordinated Universal Time", ""], short: ["UTC", "UTC"] });

/** `{ name, offset (seconds), dst }` of a zone at a time; a RangeError for what is none. */
function zoneAt(name, time) {
  const result = host.zone(name, Number.isNaN(time) ? 0 : time);
  if (result.tag !== "ok") throw new RangeError(`Invalid time zone specified: ${name}`);
  return JSON.parse(result.val);
}

const two = (number) => `${number}`.padStart(2, "0");

function offsetName(seconds, isLong) {
  const minutes = Math.trunc(Math.abs(seconds) / 60);
  const sign = seconds < 0 ? "-" : "+";
  const rest = minutes % 60;
  if (isLong) return `GMT${sign}${two(Math.trunc(minutes / 60))}:${two(rest)}`;
  return `GMT${sign}${Math.trunc(minutes / 60)}${rest === 0 ? "" : `:${two(rest)}`}`;
}

function zoneName(style, { name, offset, dst }) {
  if (style === "shortOffset" || style === "longOffset") return offsetName(offset, style === "longOffset");
  const names = NAMED.get(name);
  if (style === "short" || style === "shortGeneric") return names?.short?.[dst ? 1 : 0] || offsetName(offset, false);
  return names?.long[dst ? 1 : 0] || offsetName(offset, true);
}

// ---- options

const STYLES = {
  date: {
    full: { weekday: "long", year: "numeric", month: "long", day: "numeric" }, long: { year: "numeric", month: "long", day: "numeric" },
    medium: { year: "numeric", month: "short", day: "numeric" }, short: { year: "2-digit", month: "numeric", day: "numeric" },
  },
  time: {
    full: { hour: "numeric", minute: "2-digit", second: "2-digit", timeZoneName: "long" },
    long: { hour: "numeric", minute: "2-digit", second: "2-digit", timeZoneName: "short" },
    medium: { hour: "numeric", minute: "2-digit", second: "2-digit" }, short: { hour: "numeric", minute: "2-digit" },
  },
};
const OF_DATES = ["weekday", "year", "month", "day"];
const OF_TIMES = ["dayPeriod", "hour", "minute", "second", "fractionalSecondDigits"];
const ALL = ["weekday", "era", "year", "month", "day", "dayPeriod", "hour", "minute", "second", "fractionalSecondDigits", "timeZoneName"];

/** What is shown: the options, or what is shown without any (`preset`: "date", "time" or "all"). */
function components(options, required, preset) {
  const shown = {};
  for (const name of ALL) if (options[name] !== undefined) shown[name] = options[name];
  const { dateStyle, timeStyle } = options;
  if (dateStyle !== undefined || timeStyle !== undefined) {
    if (Object.keys(shown).length > 0) {
      throw new TypeError(`Can't set option ${Object.keys(shown)[0]} when ${dateStyle === undefined ? "timeStyle" : "dateStyle"} is used`);
    }
    for (const [kind, style] of [["date", dateStyle], ["time", timeStyle]]) {
      if (style === undefined) continue;
      if (!(style in STYLES[kind])) throw new RangeError(`Value ${style} out of range for Intl.DateTimeFormat options property ${kind}Style`);
      Object.assign(shown, STYLES[kind][style]);
    }
    return shown;
  }
  const has = (names) => names.some((name) => shown[name] !== undefined);
  const needed = required === "date" ? OF_DATES : required === "time" ? OF_TIMES : [...OF_DATES, ...OF_TIMES];
  if (!has(needed)) {
    if (preset !== "time") Object.assign(shown, { year: "numeric", month: "numeric", day: "numeric" });
    if (preset !== "date") Object.assign(shown, { hour: "numeric", minute: "2-digit", second: "2-digit" });
  }
  return shown;
}

function hourCycleOf({ hour12, hourCycle }) {
  if (hour12 !== undefined) return hour12 ? "h12" : "h24";
  return hourCycle ?? "h12";
}

// ---- pieces

/** What stands before AM and PM in the parts; V8 makes a plain space of it in the text. */
const NARROW = "\u202f";

const literal = (value) => ({ type: "literal", value });
const number = (style, value) => (style === "2-digit" ? two(value % 100) : `${value}`);
const worded = (style, names, at) => (style === "long" ? names[at] : names[at].slice(0, style === "narrow" ? 1 : 3));

/** `parts` with `between` between them; those that are not there are left out. */
const joined = (parts, between) => parts.filter(Boolean).flatMap((part, at) => (at === 0 ? [part] : [literal(between), part])).flat();

function dateParts(shown, fields) {
  const { month, era } = shown;
  const day = shown.day && { type: "day", value: number(shown.day, fields.day) };
  const year = shown.year && { type: "year", value: number(shown.year, fields.year) };
  const weekday = shown.weekday && { type: "weekday", value: worded(shown.weekday, WEEKDAYS, fields.weekday) };
  const isWord = month !== undefined && month !== "numeric" && month !== "2-digit";
  let parts;
  if (isWord) {
    const named = [{ type: "month", value: worded(month, MONTHS, fields.month - 1) }, ...(day ? [literal(" "), day] : [])];
    parts = year ? [...named, literal(day ? ", " : " "), year] : named;
  } else {
    parts = joined([month && { type: "month", value: number(month, fields.month) }, day, year], "/");
  }
  if (era !== undefined) parts = [...parts, literal(" "), { type: "era", value: (ERAS[era] ?? ERAS.short)[fields.era] }];
  if (weekday === undefined) return parts;
  if (parts.length === 0) return [weekday];
  return day && !month && !year ? [...parts, literal(" "), weekday] : [weekday, literal(", "), ...parts];
}

function dayPeriodName({ hour }) {
  if (hour === 12) return "noon";
  return hour < 6 || hour >= 21 ? "at night" : hour < 12 ? "in the morning" : hour < 18 ? "in the afternoon" : "in the evening";
}

function timeParts(shown, fields, cycle) {
  const { hour } = fields;
  const parts = [];
  const isClock = cycle === "h11" || cycle === "h12";
  if (shown.hour !== undefined) {
    const value = { h11: hour % 12, h12: hour % 12 || 12, h23: hour, h24: hour || 24 }[cycle];
    // A clock of 24 hours always has two digits here.
    parts.push([{ type: "hour", value: isClock ? number(shown.hour, value) : two(value) }]);
  }
  const follows = parts.length > 0;
  if (shown.minute !== undefined) {
    const isTwo = follows || shown.second !== undefined;
    parts.push([{ type: "minute", value: isTwo ? two(fields.minute) : `${fields.minute}` }]);
  }
  if (shown.second !== undefined) parts.push([{ type: "second", value: parts.length > 0 ? two(fields.second) : number(shown.second, fields.second) }]);
  let all = joined(parts, ":");
  const digits = shown.fractionalSecondDigits;
  if (digits !== undefined) {
    const value = `${fields.millisecond}`.padStart(3, "0").slice(0, digits);
    all = all.length === 0 ? [{ type: "fractionalSecond", value }] : [...all, literal("."), { type: "fractionalSecond", value }];
  }
  if (shown.hour !== undefined && isClock) {
    const value = shown.dayPeriod === undefined ? (hour < 12 ? "AM" : "PM") : dayPeriodName(fields);
    all.push(literal(shown.dayPeriod === undefined ? NARROW : " "), { type: "dayPeriod", value });
  }
  return all;
}

export class DateTimeFormat {
  #shown;
  #resolved;
  #zone;
  #long;
  #bound;

  constructor(locale, options = {}, required = "any", preset = "date") {
    this.#zone = zoneAt(options.timeZone === undefined ? (process.env.TZ ?? "UTC").replace(/^:/, "") : `${options.timeZone}`, 0).name;
    this.#shown = components(options, required, preset);
    this.#long = options.dateStyle === undefined ? this.#shown.month === "long" : /^(full|long)$/.test(options.dateStyle);
    this.#resolved = { locale, calendar: "gregory", numberingSystem: "latn", timeZone: this.#zone };
    if (this.#shown.hour !== undefined) {
      const hourCycle = hourCycleOf(options);
      Object.assign(this.#resolved, { hourCycle, hour12: hourCycle === "h12" || hourCycle === "h11" });
    }
    const { dateStyle, timeStyle } = options;
    Object.assign(this.#resolved, dateStyle === undefined && timeStyle === undefined ? this.#shown : undefined,
      dateStyle && { dateStyle }, timeStyle && { timeStyle });
    if (this.#resolved.hour12 === false && this.#resolved.hour !== undefined) this.#resolved.hour = "2-digit";
  }
  formatToParts(date) {
    const time = date === undefined ? Date.now() : date instanceof Date ? apply(getTime, date, []) : Number(date);
    if (!(Math.abs(time) <= 8.64e15)) throw new RangeError("Invalid time value");
    const zone = zoneAt(this.#zone, time);
    const local = new Date(Math.floor(time) + zone.offset * 1000);
    const full = local.getUTCFullYear();
    const fields = {
      era: full > 0 ? 1 : 0, year: full > 0 ? full : 1 - full, month: local.getUTCMonth() + 1, day: local.getUTCDate(),
      weekday: local.getUTCDay(), hour: local.getUTCHours(), minute: local.getUTCMinutes(), second: local.getUTCSeconds(),
      millisecond: local.getUTCMilliseconds(),
    };
    const days = dateParts(this.#shown, fields);
    const times = timeParts(this.#shown, fields, this.#resolved.hourCycle);
    const isDayOnly = days.length === 1 && days[0].type === "weekday";
    const between = this.#long ? " at " : isDayOnly ? " " : ", ";
    const parts = days.length > 0 && times.length > 0 ? [...days, literal(between), ...times] : [...days, ...times];
    const style = this.#shown.timeZoneName;
    if (style !== undefined) {
      if (parts.length > 0) parts.push(literal(times.length > 0 ? " " : ", "));
      parts.push({ type: "timeZoneName", value: zoneName(style, zone) });
    }
    return parts;
  }
  get format() {
    this.#bound ??= (date) => this.formatToParts(date).map(({ value }) => (value === NARROW ? " " : value)).join("");
    return this.#bound;
  }
  formatRange(start, end) {
    const [one, other] = [this.format(start), this.format(end)];
    return one === other ? one : `${one} – ${other}`;
  }
  formatRangeToParts(start, end) {
    const marked = (parts, source) => parts.map((part) => ({ ...part, source }));
    return [...marked(this.formatToParts(start), "startRange"), { type: "literal", value: " – ", source: "shared" },
      ...marked(this.formatToParts(end), "endRange")];
  }
  resolvedOptions() {
    return { ...this.#resolved };
  }
}
