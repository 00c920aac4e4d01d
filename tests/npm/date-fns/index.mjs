import { table, caught } from '../table.cjs';
import * as fns from 'date-fns';
import { format, parse, parseISO, addDays, differenceInBusinessDays, formatDistance, eachDayOfInterval } from 'date-fns';
import { de, fr, ja } from 'date-fns/locale';
import { addMonths as addMonthsFp } from 'date-fns/fp';

const at = new Date(Date.UTC(2024, 1, 29, 13, 45, 6, 789));

export const handler = table({
  'how many functions': () => Object.keys(fns).length > 240,
  formats: () => ["yyyy-MM-dd'T'HH:mm:ss.SSSxxx", 'PPPPpppp', 'do MMMM yyyy, h:mm a', 'RRRR-II-i', 'QQQ QQQQ', 'EEEE eee', 'DDD t T', "'week' w", 'O OOOO z', 'G GGGG', 'BBBB b'].map((text) => caught(() => { throw new Error(format(at, text, { useAdditionalDayOfYearTokens: true })); })),
  locales: () => [de, fr, ja].map((locale) => [format(at, 'PPPP', { locale }), formatDistance(at, addDays(at, 3), { locale, addSuffix: true })]),
  parsing: () => [parse('29.02.2024 13:45', 'dd.MM.yyyy HH:mm', at), parse('2024-W09-4', "RRRR-'W'II-i", at), parse('1:30 pm', 'h:mm a', at), parse('29 février 2024', 'd MMMM yyyy', at, { locale: fr }), parseISO('2024-02-29T13:45:06.789+02:00'), parseISO('20240229'), parseISO('2024-060'), parseISO('nope')],
  arithmetic: () => [fns.add(at, { years: 1, months: 2, weeks: 1, hours: 5 }), fns.sub(at, { days: 60 }), fns.addBusinessDays(at, 10), fns.lastDayOfMonth(at), fns.startOfWeek(at, { weekStartsOn: 1 }), fns.endOfQuarter(at), fns.setDay(at, 0), fns.nextMonday(at), fns.roundToNearestMinutes(at, { nearestTo: 15 }), fns.closestTo(at, [new Date(0), addDays(at, 4)]), addMonthsFp(1)(at)],
  differences: () => [fns.differenceInDays(at, new Date(0)), differenceInBusinessDays(at, new Date(2024, 0, 1)), fns.differenceInCalendarMonths(at, new Date(2023, 0, 1)), fns.intervalToDuration({ start: new Date(2020, 0, 1), end: at }), fns.formatDuration({ years: 2, months: 9, hours: 1 }), fns.formatDistanceStrict(at, addDays(at, 45)), fns.formatDistanceStrict(at, addDays(at, 45), { unit: 'hour' })],
  intervals: () => [eachDayOfInterval({ start: at, end: addDays(at, 2) }), fns.areIntervalsOverlapping({ start: at, end: addDays(at, 2) }, { start: addDays(at, 1), end: addDays(at, 3) }), fns.isWithinInterval(at, { start: new Date(0), end: addDays(at, 1) }), fns.eachWeekendOfMonth(at).length, caught(() => fns.eachDayOfInterval({ start: addDays(at, 2), end: new Date(NaN) }))],
  questions: () => [fns.isLeapYear(at), fns.isWeekend(at), fns.isValid(new Date('x')), fns.isMatch('2024-02-30', 'yyyy-MM-dd'), fns.isSameISOWeek(at, addDays(at, 2)), fns.getISOWeek(at), fns.getDaysInMonth(at), fns.compareAsc(at, new Date(0)), fns.isExists(2023, 1, 29)],
  iso: () => [fns.formatISO(at), fns.formatISO9075(at), fns.formatRFC3339(at, { fractionDigits: 3 }), fns.formatRFC7231(at), fns.lightFormat(at, 'yyyy/MM/dd'), fns.formatISODuration({ years: 1, minutes: 5 })],
  invalid: () => [caught(() => format(new Date(NaN), 'yyyy')), caught(() => format(at, 'YYYY')), caught(() => format(at, 'n'))],
  constants: () => [fns.milliseconds({ hours: 2 }), fns.hoursToSeconds(3), fns.toDate(0)],
});
