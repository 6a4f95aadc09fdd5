import type { RecordMetric } from '../vended-metric.ts';
import type { QueueStore } from './queue-store.ts';

/** Publishes what every queue holds, as of `nowMs`; AWS does so once a minute. */
export function recordQueueMetrics(store: QueueStore, nowMs: number, record: RecordMetric): void {
  for (const queue of store.all()) {
    const { visible, inFlight, delayed } = queue.counts(nowMs);
    const values = {
      ApproximateNumberOfMessagesVisible: visible,
      ApproximateNumberOfMessagesNotVisible: inFlight,
      ApproximateNumberOfMessagesDelayed: delayed,
    };
    const datum = { namespace: 'AWS/SQS', dimensions: { QueueName: queue.name }, unit: 'Count', timestampMs: nowMs };
    for (const [metricName, value] of Object.entries(values)) record({ ...datum, metricName, value });
    const ageSeconds = Math.floor(queue.oldestAgeMs(nowMs) / 1000);
    record({ ...datum, metricName: 'ApproximateAgeOfOldestMessage', unit: 'Seconds', value: ageSeconds });
  }
}
