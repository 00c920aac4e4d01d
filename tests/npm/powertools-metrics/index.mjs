import { Metrics, MetricResolution, MetricUnit } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy from '@middy/core';

const metrics = new Metrics({ namespace: 'shop', serviceName: 'orders', defaultDimensions: { stage: 'test' } });
const thrown = (run) => { try { return run(); } catch (error) { return `${error.name}: ${error.message}`; } };

export const handler = middy(async () => {
  metrics.addMetric('orders', MetricUnit.Count, 1);
  metrics.addMetric('orders', MetricUnit.Count, 4);
  metrics.addMetric('latency', MetricUnit.Milliseconds, 12.5, MetricResolution.High);
  metrics.addDimension('region', 'eu');
  metrics.addDimensions({ tenant: 'a', tier: 'gold' });
  metrics.addMetadata('order', 'o-1');
  const single = metrics.singleMetric();
  single.addDimension('kind', 'single');
  single.addMetric('alone', MetricUnit.Percent, 99);
  metrics.publishStoredMetrics();
  for (let at = 0; at < 105; at += 1) metrics.addMetric(`m${at}`, MetricUnit.NoUnit, at);
  metrics.clearMetrics();
  metrics.setTimestamp(new Date());
  const faults = [thrown(() => metrics.addMetric('x', 'Bogus', 1)), thrown(() => metrics.addMetric('x', MetricUnit.Count, 'one')), thrown(() => metrics.addMetric('', MetricUnit.Count, 1)), thrown(() => { const empty = new Metrics({ namespace: 'n' }); empty.setThrowOnEmptyMetrics(true); empty.publishStoredMetrics(); }), metrics.hasStoredMetrics()];
  metrics.addMetric('last', MetricUnit.Kilobytes, 1);
  return { faults };
}).use(logMetrics(metrics, { captureColdStartMetric: true, throwOnEmptyMetrics: true }));
