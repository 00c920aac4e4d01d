const { table } = require('../table.cjs');
const moment = require('moment');
require('moment/locale/de');
require('moment/locale/fr');
moment.locale('en');

const at = () => moment.utc('2024-02-29T13:45:06.789Z');

exports.handler = table({
  version: () => moment.version,
  formats: () => ['', 'YYYY-MM-DD', 'dddd, MMMM Do YYYY, h:mm:ss a', 'DDDo [day of] gggg-[W]ww E', 'X x', 'LLLL', 'L LT', 'Q ZZ z', 'N y'].map((format) => at().format(format)),
  locales: () => ['de', 'fr', 'en-gb'].map((locale) => [at().locale(locale).format('LLLL'), at().locale(locale).fromNow(true).length > 0, moment.localeData(locale).firstDayOfWeek()]),
  parsing: () => [moment.utc('2024-W09-4').format(), moment.utc('12-25-1995', 'MM-DD-YYYY').format(), moment.utc('24/12/2019 09:15:00', 'DD/MM/YYYY hh:mm:ss', true).isValid(), moment.utc('29 févr. 2024', 'DD MMM YYYY', 'fr').format(), moment.utc([2010, 1, 14, 15, 25, 50, 125]).toISOString(), moment.utc(1318781876406).toISOString(), moment.unix(1318781876).utc().format(), moment.utc('2013-02-08 09+07:00').format(), moment.utc('20130208T080910,123').toISOString()],
  invalid: () => [moment.utc('2023-02-30').isValid(), moment.utc('2023-02-30').invalidAt(), moment.utc('x', 'YYYY', true).format(), moment.invalid().toJSON(), moment(NaN).toString()],
  arithmetic: () => [at().add(1, 'year').format('L'), at().add({ months: 1, days: -3 }).format('L'), at().subtract(1, 'Q').format('L'), moment.utc('2024-01-31').add(1, 'month').format('L'), at().startOf('week').format(), at().endOf('isoWeek').format(), at().date(31).format('L'), at().dayOfYear(), at().isoWeek(), at().daysInMonth(), at().isLeapYear()],
  differences: () => [at().diff(moment.utc('2000-01-01'), 'months', true).toFixed(5), at().diff(moment.utc('2024-03-01'), 'days'), at().isBetween('2024-01-01', '2025-01-01', 'day', '[)'), at().isSame('2024-02-01', 'month'), moment.max(at(), at().add(1, 'd')).format('D')],
  durations: () => [moment.duration(2, 'weeks').humanize(), moment.duration('P1Y2M3DT4H5M6S').asHours(), moment.duration({ hours: 25, minutes: 61 }).toISOString(), moment.duration(-1, 'day').humanize(true), moment.duration(90, 'seconds').locale('de').humanize(), moment.duration(1, 'M').add(2, 'd').toJSON()],
  relative: () => [at().from(at().add(3, 'h')), at().to(at().add(3, 'd')), at().locale('fr').from(at().subtract(1, 'y')), at().calendar(at().add(1, 'd')), at().calendar(at().subtract(3, 'd'))],
  offsets: () => [at().utcOffset('+05:30').format(), moment.parseZone('2024-02-29T13:45:06-03:00').utcOffset(), at().utcOffset(120).toISOString(true), moment('2024-02-29T10:00').format()],
  objects: () => [at().toObject(), at().toArray(), JSON.stringify({ at: at() }), at().valueOf(), at().toDate(), at().creationData().format, moment.isMoment(at()), moment.normalizeUnits('yrs')],
  lists: () => [moment.months(), moment.weekdaysMin(true), moment.locales().sort()],
  shown: () => [String(at()), at().inspect()],
});
