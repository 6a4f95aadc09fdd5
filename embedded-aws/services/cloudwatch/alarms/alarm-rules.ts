import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import { NotImplemented } from '../../../kernel/aws-error.ts';
import { missingParameter, validationError } from '../cloudwatch-errors.ts';
import { needStatistic } from '../metrics/metric-query.ts';
import { type AlarmRule, comparison, fewestSamplesFor, type MissingData } from './alarm-evaluation.ts';

const DAY_SECONDS = 86_400;
const WEEK_SECONDS = 604_800;
const HOUR_SECONDS = 3_600;
const MOST_ACTIONS = 5;
const MOST_QUERIES = 10;
const MISSING_DATA: readonly string[] = ['missing', 'ignore', 'breaching', 'notBreaching'];

/** The period of an alarm in seconds; that of its slowest metric when it is metric math. */
export function alarmPeriodSeconds(config: PutMetricAlarmInput): number {
  const queries = config.Metrics ?? [];
  return config.Period ?? Math.max(...queries.map((query) => query.MetricStat?.Period ?? query.Period ?? 0), 0);
}

/** @throws AwsError when PutMetricAlarm would refuse it; NotImplemented for kinds of alarm that are not here. */
export function assertMetricAlarm(config: PutMetricAlarmInput): void {
  if (!config.AlarmName) throw missingParameter('AlarmName');
  if (config.EvaluationPeriods === undefined) throw missingParameter('EvaluationPeriods');
  if (config.ThresholdMetricId !== undefined)
    throw new NotImplemented('monitoring', 'PutMetricAlarm with ThresholdMetricId');
  if (config.Threshold === undefined) throw missingParameter('Threshold');
  comparison(config.ComparisonOperator, 0);
  assertMetric(config);
  assertPeriods(config);
  if (config.TreatMissingData !== undefined && !MISSING_DATA.includes(config.TreatMissingData)) {
    throw validationError(`The value ${config.TreatMissingData} for parameter TreatMissingData is not supported.`);
  }
  for (const actions of [config.AlarmActions, config.OKActions, config.InsufficientDataActions]) {
    if ((actions ?? []).length > MOST_ACTIONS) {
      throw validationError(`Member must have length less than or equal to ${MOST_ACTIONS}`);
    }
  }
}

function assertMetric(config: PutMetricAlarmInput): void {
  const queries = config.Metrics ?? [];
  if (queries.length > 0) {
    if (config.MetricName !== undefined) throw validationError('MetricName must not be set when Metrics is set.');
    if (queries.length > MOST_QUERIES) throw validationError(`Metrics can have at most ${MOST_QUERIES} members.`);
    if (queries.filter((query) => query.ReturnData ?? true).length !== 1) {
      throw validationError('Exactly one element of the metrics list should return data.');
    }
    return;
  }
  if (!config.MetricName || !config.Namespace) throw missingParameter(config.MetricName ? 'Namespace' : 'MetricName');
  if ((config.Statistic === undefined) === (config.ExtendedStatistic === undefined)) {
    throw validationError('Exactly one of Statistic and ExtendedStatistic must be set.');
  }
  needStatistic(config.Statistic ?? config.ExtendedStatistic, 'ExtendedStatistic');
}

function assertPeriods(config: PutMetricAlarmInput): void {
  const periodSeconds = alarmPeriodSeconds(config);
  if (![10, 20, 30].includes(periodSeconds) && (periodSeconds < 60 || periodSeconds % 60 !== 0)) {
    throw validationError('Period must be 10, 20, 30 or a multiple of 60.');
  }
  const { EvaluationPeriods = 1, DatapointsToAlarm = EvaluationPeriods } = config;
  if (EvaluationPeriods < 1 || DatapointsToAlarm < 1 || DatapointsToAlarm > EvaluationPeriods) {
    throw validationError('DatapointsToAlarm must be between 1 and EvaluationPeriods.');
  }
  const limit = periodSeconds < HOUR_SECONDS ? DAY_SECONDS : WEEK_SECONDS;
  if (periodSeconds * EvaluationPeriods > limit) {
    const span = limit === DAY_SECONDS ? 'a day' : 'a week';
    throw validationError(
      `Metrics cannot be checked across more than ${span} (EvaluationPeriods * Period must be <= ${limit}).`,
    );
  }
}

/** What an alarm's configuration means for its evaluation. */
export function ruleOf(config: PutMetricAlarmInput): AlarmRule {
  const evaluationPeriods = config.EvaluationPeriods ?? 1;
  const statistic = config.ExtendedStatistic ? needStatistic(config.ExtendedStatistic, 'ExtendedStatistic') : undefined;
  const ignoresFew = config.EvaluateLowSampleCountPercentile === 'ignore' && statistic?.kind === 'percentile';
  return {
    evaluationPeriods,
    datapointsToAlarm: config.DatapointsToAlarm ?? evaluationPeriods,
    treatMissingData: (config.TreatMissingData ?? 'missing') as MissingData,
    breaches: comparison(config.ComparisonOperator, config.Threshold ?? 0),
    fewestSamples: ignoresFew ? fewestSamplesFor(statistic.percent) : 0,
  };
}
