import { CloudWatchClient, ListMetricsCommand, PutMetricAlarmCommand, PutMetricDataCommand, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { table } from '../table.cjs';

const cloudwatch = new CloudWatchClient({});

export const handler = table({
  put: async () => (await cloudwatch.send(new PutMetricDataCommand({ Namespace: 'shop', MetricData: [
    { MetricName: 'orders', Value: 3, Unit: 'Count', Dimensions: [{ Name: 'shop', Value: 'north' }], Timestamp: new Date() },
    { MetricName: 'latency', Values: [1.5, 2.5], Counts: [1, 2], Unit: 'Milliseconds' },
  ] }))).$metadata.httpStatusCode,
  list: async () => (await cloudwatch.send(new ListMetricsCommand({ Namespace: 'shop' }))).Metrics.map((metric) => [metric.MetricName, metric.Dimensions]).sort(),
  alarm: async () => {
    await cloudwatch.send(new PutMetricAlarmCommand({ AlarmName: 'few', Namespace: 'shop', MetricName: 'orders', Statistic: 'Sum', Period: 60, EvaluationPeriods: 1, Threshold: 0.5, ComparisonOperator: 'LessThanThreshold' }));
    return (await cloudwatch.send(new DescribeAlarmsCommand({}))).MetricAlarms.map((one) => [one.AlarmName, one.Threshold, one.Period]);
  },
});
