import { type CloudWatchClient, GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { ApiStage } from '../platform/api-stage.ts';
import { NAMESPACE } from '../platform/metrics.ts';
import type { EpochMs } from '../platform/units.ts';
import { apiDimensions } from './emf.ts';

/** One minute of the backend as counted by AWS; a minute without answers has no entry. */
export interface BackendMinute {
  readonly startMs: EpochMs;
  /** Requests that reached the backend: those with an integration latency. */
  readonly answered: number;
  /** Answers of class 5xx. */
  readonly serverErrors: number;
  /** At the percentile that was asked for. */
  readonly latencyMs: number;
}

/** The state of control and backend from CloudWatch alone, without table and policy. */
export interface VitalSigns {
  /** The minute of control's newest heartbeat within the last half hour. */
  recentBeat(now: EpochMs): Promise<EpochMs | undefined>;
  /** The minute of control's newest heartbeat within the last two weeks, the retention of minute metrics. */
  lastBeat(now: EpochMs): Promise<EpochMs | undefined>;
  /** Minutes that began in the last ten, oldest first, with the given percentile of latency. @throws Error if CloudWatch returned incomplete data */
  backend(apiName: string, latencyPercentile: number, now: EpochMs): Promise<readonly BackendMinute[]>;
  /** The limits among `names` that the fail-safe has raised since an instant, according to its own metric. */
  raisedSince(limits: readonly string[], sinceMs: EpochMs, now: EpochMs): Promise<ReadonlySet<string>>;
}

/** The metric by which the fail-safe remembers raised limits; its dimension `Limit` is `stage` or a tier. */
export const RAISED_METRIC = 'FailSafeRaised';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const RECENT_MS = 30 * MINUTE_MS;
/** CloudWatch keeps minutes for 15 days. */
const LONGEST_MEMORY_MS = 14 * 24 * HOUR_MS;
const BACKEND_REACH_MS = 10 * MINUTE_MS;

/** Values by the start of their period. */
type Series = ReadonlyMap<EpochMs, number>;

interface Reading {
  readonly namespace: string;
  readonly metric: string;
  readonly statistic: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

export function createVitalSigns(client: CloudWatchClient, api: ApiStage): VitalSigns {
  const ours = (metric: string, dimensions: Reading['dimensions'] = {}): Reading => ({
    ...{ namespace: NAMESPACE, metric, statistic: 'Sum' },
    dimensions: { ...apiDimensions(api), ...dimensions },
  });
  const newestBeat = async (fromMs: EpochMs, toMs: EpochMs, periodMs: number): Promise<EpochMs | undefined> => {
    const [beats] = await readSeries(client, [ours('Heartbeat')], fromMs, toMs, periodMs);
    return newest(beats);
  };
  const recentBeat = (now: EpochMs) => newestBeat(floorTo(now - RECENT_MS, MINUTE_MS), now, MINUTE_MS);
  return {
    recentBeat,
    lastBeat: async (now) => {
      const recent = await recentBeat(now);
      if (recent !== undefined) return recent;
      const hourMs = await newestBeat(floorTo(now - LONGEST_MEMORY_MS, HOUR_MS), now, HOUR_MS);
      return hourMs === undefined ? undefined : await newestBeat(hourMs, hourMs + HOUR_MS, MINUTE_MS);
    },
    backend: async (apiName, latencyPercentile, now) => {
      const readings = backendReadings({ ApiName: apiName, Stage: api.stage }, latencyPercentile);
      const fromMs = floorTo(now - BACKEND_REACH_MS, MINUTE_MS);
      return backendMinutes(await readSeries(client, readings, fromMs, now, MINUTE_MS));
    },
    raisedSince: async (limits, sinceMs, now) => {
      const fromMs = Math.max(sinceMs, floorTo(now - LONGEST_MEMORY_MS, MINUTE_MS));
      const readings = limits.map((limit) => ours(RAISED_METRIC, { Limit: limit }));
      const series = await readSeries(client, readings, fromMs, now, MINUTE_MS);
      return new Set(limits.filter((_, index) => newest(series[index]) !== undefined));
    },
  };
}

function backendReadings(dimensions: Reading['dimensions'], latencyPercentile: number): Reading[] {
  const figures = [
    ['IntegrationLatency', 'SampleCount'],
    ['5XXError', 'Sum'],
    ['IntegrationLatency', `p${latencyPercentile}`],
  ] as const;
  return figures.map(([metric, statistic]) => ({ namespace: 'AWS/ApiGateway', metric, statistic, dimensions }));
}

function backendMinutes([answered, serverErrors, latency]: readonly Series[]): BackendMinute[] {
  return [...(answered ?? [])]
    .sort(([left], [right]) => left - right)
    .map(([startMs, count]) => ({
      startMs,
      answered: count,
      serverErrors: serverErrors?.get(startMs) ?? 0,
      latencyMs: latency?.get(startMs) ?? Number.POSITIVE_INFINITY,
    }));
}

/** Reads every metric over [fromMs, toMs) in one call. @throws Error if one of them is incomplete */
async function readSeries(
  client: CloudWatchClient,
  readings: readonly Reading[],
  fromMs: EpochMs,
  toMs: EpochMs,
  periodMs: number,
): Promise<Series[]> {
  const { MetricDataResults = [] } = await client.send(
    new GetMetricDataCommand({
      MetricDataQueries: readings.map((reading, index) => queryOf(reading, index, periodMs)),
      StartTime: new Date(fromMs),
      // The end is exclusive; the present minute is included.
      EndTime: new Date(floorTo(toMs, MINUTE_MS) + MINUTE_MS),
    }),
  );
  return readings.map(({ metric }, index) => {
    const result = MetricDataResults.find(({ Id }) => Id === idOf(index));
    if (result?.StatusCode !== 'Complete') throw new Error(`CloudWatch returned incomplete data for ${metric}.`);
    const values = result.Values ?? [];
    return new Map((result.Timestamps ?? []).map((at, point) => [at.getTime(), values[point] ?? 0]));
  });
}

function queryOf({ namespace, metric, statistic, dimensions }: Reading, index: number, periodMs: number) {
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  const Metric = { Namespace: namespace, MetricName: metric, Dimensions };
  return {
    Id: idOf(index),
    MetricStat: { Metric, Period: periodMs / 1000, Stat: statistic },
  } satisfies MetricDataQuery;
}

const idOf = (index: number): string => `reading${index}`;

const floorTo = (atMs: EpochMs, stepMs: number): EpochMs => Math.floor(atMs / stepMs) * stepMs;

/** The newest instant with a value above 0. */
function newest(series: Series | undefined): EpochMs | undefined {
  const instants = [...(series ?? [])].filter(([, value]) => value > 0).map(([atMs]) => atMs);
  return instants.length === 0 ? undefined : Math.max(...instants);
}
