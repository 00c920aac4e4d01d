const hooks = require('perf_hooks');
module.exports = {
  'now and timeOrigin': () => [typeof performance.now(), performance.now() <= performance.now(), performance.timeOrigin > 1e12, Object.keys(performance.toJSON()).includes('timeOrigin'), hooks.performance === performance],
  'marks and measures': () => { performance.mark('a', { startTime: 5, detail: { x: 1 } }); performance.mark('b', { startTime: 9 }); const m = performance.measure('m', 'a', 'b'); const r = [m.name, m.entryType, m.startTime, m.duration, performance.getEntriesByName('a').map((e) => [e.entryType, e.startTime, e.detail]), performance.getEntriesByType('measure').length]; performance.clearMarks(); performance.clearMeasures(); return [r, performance.getEntries().length]; },
  'missing mark': (t) => t.caught(() => performance.measure('m', 'no-mark')),
  'timerify and histogram': () => [performance.timerify((a) => a + 1)(1), typeof hooks.monitorEventLoopDelay, typeof hooks.createHistogram],
  'observer': async (t) => { const o = []; const p = new PerformanceObserver((l) => o.push(...l.getEntries().map((e) => e.name))); p.observe({ entryTypes: ['mark'] }); performance.mark('seen'); await t.wait(10); p.disconnect(); performance.clearMarks(); return o; },
  'classes': () => [typeof PerformanceEntry, typeof PerformanceMark, typeof PerformanceMeasure, typeof PerformanceObserverEntryList, typeof PerformanceResourceTiming],
};
