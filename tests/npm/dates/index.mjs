// dayjs, luxon, date-fns-tz, moment-timezone.
import { table, caught } from '../table.cjs';
import dayjs from 'dayjs';
import utc from 'dayjs/plugin/utc.js';
import timezone from 'dayjs/plugin/timezone.js';
import relativeTime from 'dayjs/plugin/relativeTime.js';
import customParseFormat from 'dayjs/plugin/customParseFormat.js';
import duration from 'dayjs/plugin/duration.js';
import advancedFormat from 'dayjs/plugin/advancedFormat.js';
import 'dayjs/locale/de.js';
import { DateTime, Duration, Interval, Settings } from 'luxon';
import { formatInTimeZone, fromZonedTime, getTimezoneOffset, toZonedTime, format } from 'date-fns-tz';
import moment from 'moment-timezone';

for (const plugin of [utc, timezone, relativeTime, customParseFormat, duration, advancedFormat]) dayjs.extend(plugin);
const at = '2024-07-29T13:45:06.789Z';
const zones = ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'UTC'];

export const handler = table({
  dayjs: () => [dayjs.utc(at).format('dddd, MMMM D YYYY h:mm A [x] Do Q'), dayjs.utc(at).add(1, 'month').endOf('week').toISOString(), dayjs.utc(at).diff('2024-01-01', 'day'), dayjs('29.02.2024', 'DD.MM.YYYY', true).isValid(), dayjs('2023-02-30', 'YYYY-MM-DD', true).isValid(), dayjs.utc(at).from(dayjs.utc(at).add(3, 'h')), dayjs.utc(at).locale('de').format('dddd MMMM'), dayjs.duration({ hours: 25 }).humanize(), dayjs.duration('P1DT2H').asHours(), dayjs('x').isValid()],
  'dayjs in zones': () => [zones.map((zone) => dayjs(at).tz(zone).format()), dayjs.tz('2024-01-15 08:00', 'America/New_York').toISOString(), dayjs.tz('2024-03-31 02:30', 'Europe/Berlin').format(), dayjs.tz.guess()],
  luxon: () => [DateTime.fromISO(at, { zone: 'utc' }).toFormat("cccc, LLLL d yyyy, h:mm a 'x' ZZ"), DateTime.utc(2024, 2, 29).plus({ years: 1 }).toISO(), DateTime.fromISO(at).diff(DateTime.utc(2024), ['months', 'days', 'hours']).toObject(), DateTime.fromFormat('29 Feb 2024', 'd LLL yyyy', { zone: 'utc' }).toISO(), DateTime.fromISO('nope').invalidReason, Duration.fromObject({ hours: 25, minutes: 61 }).normalize().shiftTo('days', 'hours', 'minutes').toHuman(), Interval.fromISO('2024-01-01/P1M').splitBy({ weeks: 1 }).length, DateTime.fromISO(at, { zone: 'utc' }).startOf('quarter').weekNumber, DateTime.fromHTTP('Sun, 06 Nov 1994 08:49:37 GMT', { zone: 'utc' }).toRFC2822(), Settings.defaultZone.name],
  'luxon in zones': () => [zones.map((zone) => DateTime.fromISO(at, { zone }).toISO()), DateTime.fromObject({ year: 2024, month: 1, day: 15, hour: 8 }, { zone: 'America/New_York' }).toUTC().toISO(), DateTime.fromISO(at, { zone: 'America/New_York' }).toFormat('ZZZZ'), DateTime.fromISO(at, { zone: 'Europe/Berlin' }).offsetNameLong, DateTime.fromISO(at, { zone: 'Mars/Olympus' }).invalidReason],
  'luxon for people': () => [DateTime.fromISO(at, { zone: 'utc', locale: 'en-US' }).toLocaleString(DateTime.DATETIME_MED), DateTime.fromISO(at, { zone: 'America/New_York', locale: 'en-US' }).toLocaleString(DateTime.DATETIME_FULL), DateTime.fromISO(at, { zone: 'utc' }).toRelative({ base: DateTime.fromISO('2024-07-30T13:45:06Z') }), DateTime.fromISO(at, { zone: 'utc' }).toRelativeCalendar({ base: DateTime.fromISO('2024-07-30T13:45:06Z') }), DateTime.fromISO(at, { zone: 'utc' }).toLocaleString(DateTime.DATE_HUGE)],
  'date-fns-tz': () => [zones.map((zone) => formatInTimeZone(at, zone, "yyyy-MM-dd'T'HH:mm:ssXXX zzz")), fromZonedTime('2024-01-15 08:00', 'America/New_York'), toZonedTime(at, 'Asia/Kolkata').toISOString(), zones.map((zone) => getTimezoneOffset(zone, new Date(at))), format(toZonedTime(at, 'Europe/Berlin'), 'HH:mm zzzz', { timeZone: 'Europe/Berlin' }), caught(() => formatInTimeZone(at, 'Mars/Olympus', 'HH'))],
  'moment-timezone': () => [zones.map((zone) => moment(at).tz(zone).format('YYYY-MM-DD HH:mm z Z')), moment.tz('2024-01-15 08:00', 'America/New_York').toISOString(), moment.tz.zone('Europe/Berlin').abbr(Date.parse(at)), moment.tz.names().length > 500, moment.tz('2024-07-29', 'Asia/Kolkata').isDST(), moment.tz.guess()],
  'dates in zones without a package': () => [zones.map((timeZone) => new Date(at).toLocaleString('en-US', { timeZone })), new Intl.DateTimeFormat('en-US', { timeZone: 'America/New_York', dateStyle: 'full', timeStyle: 'long' }).format(new Date(at)), new Date(at).toLocaleDateString('en-US', { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' }), new Date(at).toLocaleTimeString('en-US', { hour: '2-digit', minute: '2-digit', hour12: false, timeZone: 'Europe/Berlin' }), new Intl.DateTimeFormat('en-US', { timeZone: 'Asia/Kolkata', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23', timeZoneName: 'short' }).formatToParts(new Date(at)), Intl.DateTimeFormat().resolvedOptions().timeZone, caught(() => new Intl.DateTimeFormat('en-US', { timeZone: 'Mars/Olympus' }))],
});
