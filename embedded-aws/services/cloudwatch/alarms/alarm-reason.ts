import type { ComparisonOperator, PutMetricAlarmInput, StateValue } from '@aws-sdk/client-cloudwatch';
import { alarmTime } from './alarm.ts';
import type { Datapoint, Verdict } from './alarm-evaluation.ts';

const LONGEST_REASON = 1023;

const PHRASES: Readonly<Partial<Record<ComparisonOperator, string>>> = {
  GreaterThanThreshold: 'greater than',
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
};

/** A number as Java prints a double, which is how CloudWatch's texts show it: `21.0`, `1.0E7`. */
export function doubleText(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) {
    const [mantissa = '', exponent = ''] = value.toExponential().split('e');
    return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${Number(exponent)}`;
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

/** Day first, UTC: `29/09/20 06:04:00`. */
function datapointTime(atMs: number): string {
  const [date = '', time = ''] = new Date(atMs).toISOString().split('T');
  const [year = '', month, day] = date.split('-');
  return `${day}/${month}/${year.slice(2)} ${time.slice(0, 8)}`;
}

const plural = (count: number): string => `datapoint${count === 1 ? '' : 's'}`;
const verb = (count: number): string => (count === 1 ? 'was' : 'were');

/** Why an alarm went to `state`, in CloudWatch's words. */
export function reasonText(
  config: PutMetricAlarmInput,
  verdict: Verdict,
  state: StateValue,
  breaches: (value: number) => boolean,
): string {
  const { evaluated, filled } = verdict;
  if (state === 'INSUFFICIENT_DATA') return `Insufficient Data: ${filled} ${plural(filled)} ${verb(filled)} unknown.`;
  const missing = missingText(config, filled);
  if (evaluated.length === 0) {
    const periods = `period${filled === 1 ? '' : 's'}`;
    return `Threshold Crossed: no datapoints were received for ${filled} ${periods}${missing}.`;
  }
  const isAlarm = state === 'ALARM';
  const telling = evaluated.filter((point) => breaches(point.value ?? 0) === isAlarm).reverse();
  const values = telling.map((point) => `${doubleText(point.value ?? 0)} (${datapointTime(point.startMs)})`).join(', ');
  const phrase = `${verb(telling.length)}${isAlarm ? '' : ' not'} ${PHRASES[config.ComparisonOperator ?? 'GreaterThanThreshold']}`;
  const threshold = `the threshold (${doubleText(config.Threshold ?? 0)})`;
  const { head, tail } = countText(config, telling.length, isAlarm);
  return `Threshold Crossed: ${head} [${values}] ${phrase} ${threshold}${missing}${tail}.`.slice(0, LONGEST_REASON);
}

function missingText({ TreatMissingData }: PutMetricAlarmInput, filled: number): string {
  if (filled === 0 || (TreatMissingData !== 'breaching' && TreatMissingData !== 'notBreaching')) return '';
  const treated = TreatMissingData === 'breaching' ? 'Breaching' : 'NonBreaching';
  return ` and ${filled} missing ${plural(filled)} ${verb(filled)} treated as [${treated}]`;
}

/** Only an M out of N alarm tells how many were needed. */
function countText(config: PutMetricAlarmInput, telling: number, isAlarm: boolean): { head: string; tail: string } {
  const { DatapointsToAlarm: needed, EvaluationPeriods: periods = 1 } = config;
  if (needed === undefined) return { head: `${telling} ${plural(telling)}`, tail: '' };
  const minimum = isAlarm ? needed : periods - needed + 1;
  const transition = isAlarm ? 'OK -> ALARM' : 'ALARM -> OK';
  return {
    head: `${telling} out of the last ${periods} datapoints`,
    tail: ` (minimum ${minimum} ${plural(minimum)} for ${transition} transition)`,
  };
}

/** The machine-readable reason, a JSON document as text. */
export function reasonData(config: PutMetricAlarmInput, evaluated: readonly Datapoint[], nowMs: number): string {
  const first = evaluated[0];
  return JSON.stringify({
    version: '1.0',
    queryDate: alarmTime(nowMs),
    ...(first && { startDate: alarmTime(first.startMs) }),
    unit: config.Unit,
    statistic: config.Statistic ?? config.ExtendedStatistic,
    period: config.Period,
    recentDatapoints: evaluated.map((point) => point.value),
    threshold: config.Threshold,
    evaluatedDatapoints: [...evaluated].reverse().map((point) => ({
      timestamp: alarmTime(point.startMs),
      sampleCount: point.sampleCount,
      value: point.value,
    })),
  });
}
