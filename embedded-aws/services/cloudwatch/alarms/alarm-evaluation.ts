import type { ComparisonOperator, StateValue } from '@aws-sdk/client-cloudwatch';
import { NotImplemented } from '../../../kernel/aws-error.ts';

/** One period of an alarm's metric; without a value it is missing. */
export interface Datapoint {
  readonly startMs: number;
  readonly value: number | undefined;
  readonly sampleCount: number;
}

export type MissingData = 'missing' | 'ignore' | 'breaching' | 'notBreaching';

export interface AlarmRule {
  /** N: how many periods count. */
  readonly evaluationPeriods: number;
  /** M: how many of them must breach. */
  readonly datapointsToAlarm: number;
  readonly treatMissingData: MissingData;
  readonly breaches: (value: number) => boolean;
  /** Fewer values than this behind the evaluated datapoints leave the state alone; 0 when it does not matter. */
  readonly fewestSamples: number;
}

export interface Verdict {
  /** Undefined: the alarm stays as it is. */
  readonly state: StateValue | undefined;
  /** The datapoints that counted, oldest first. */
  readonly evaluated: readonly Datapoint[];
  /** How many missing periods were filled in. */
  readonly filled: number;
}

/** CloudWatch looks at two periods more than it needs, so that late data does not make a gap. */
export const EXTRA_PERIODS = 2;

/**
 * One evaluation, as "Configuring how CloudWatch alarms treat missing data" tells it.
 * @param range the last N + EXTRA_PERIODS periods, oldest first.
 */
export function evaluateAlarm(range: readonly Datapoint[], rule: AlarmRule): Verdict {
  const { evaluationPeriods, datapointsToAlarm, breaches } = rule;
  const present = range.filter((point) => point.value !== undefined);
  const evaluated = present.slice(-evaluationPeriods);
  const filled = evaluationPeriods - evaluated.length;
  const samples = evaluated.reduce((sum, point) => sum + point.sampleCount, 0);
  if (evaluated.length > 0 && samples < rule.fewestSamples) return { state: undefined, evaluated, filled };
  const breaching = evaluated.filter((point) => breaches(point.value ?? 0)).length;
  if (filled === 0) return { state: breaching >= datapointsToAlarm ? 'ALARM' : 'OK', evaluated, filled };
  if (evaluated.length === 0) return { state: allMissing(rule), evaluated, filled };
  return { state: withGaps(range, breaching, evaluated.length, filled, rule), evaluated, filled };
}

function allMissing({ treatMissingData }: AlarmRule): StateValue | undefined {
  switch (treatMissingData) {
    case 'missing':
      return 'INSUFFICIENT_DATA';
    case 'ignore':
      return undefined;
    case 'breaching':
      return 'ALARM';
    case 'notBreaching':
      return 'OK';
  }
}

function withGaps(
  range: readonly Datapoint[],
  breaching: number,
  present: number,
  filled: number,
  rule: AlarmRule,
): StateValue | undefined {
  const { datapointsToAlarm, treatMissingData } = rule;
  const counted = breaching + (treatMissingData === 'breaching' ? filled : 0);
  if (counted >= datapointsToAlarm) return 'ALARM';
  if (treatMissingData === 'breaching' || treatMissingData === 'notBreaching' || breaching < present) return 'OK';
  // Every datapoint there is breaches. The alarm is raised once the oldest is as old as M periods; before that the
  // next datapoint could still prove it premature.
  const oldest = range.length - range.findIndex((point) => point.value !== undefined);
  return oldest >= datapointsToAlarm && treatMissingData === 'missing' ? 'ALARM' : undefined;
}

const COMPARISONS: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/** @throws NotImplemented for the operators of anomaly detection. */
export function comparison(operator: ComparisonOperator | undefined, threshold: number): (value: number) => boolean {
  const compare = COMPARISONS[operator ?? ''];
  if (!compare) throw new NotImplemented('monitoring', `ComparisonOperator ${operator}`);
  return (value) => compare(value, threshold);
}

/** Below this number of values a percentile says little: 10 / (1 - p), or 10 / p under the median. */
export function fewestSamplesFor(percent: number): number {
  const share = percent / 100;
  const tail = share >= 0.5 ? 1 - share : share;
  return tail <= 0 ? 0 : Math.round((10 / tail) * 1e6) / 1e6;
}
