import { type CloudWatchClient, GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { type ApiStage, apiStageName } from '../platform/api-stage.ts';
import type { EpochMs } from '../platform/units.ts';
import { minuteWindow } from './metric-windows.ts';
import type { MinuteCount } from './verdict.ts';
import type { Window } from './window.ts';

/** An API whose minute metrics are wanted; AWS names it in metrics by its name, not by its id. */
export interface MeteredApi extends ApiStage {
  readonly apiName: string;
  /** Tiers whose `ThrottleCount` is summed, `unknown` included. */
  readonly tiers: readonly string[];
}

/** What CloudWatch says of one API. */
export interface ApiMetrics {
  /** The slow path: one window for each settled minute, oldest first. */
  readonly windows: readonly Window[];
  /** The same minutes, and those that have not settled yet: what the log is held against. */
  readonly minutes: readonly MinuteCount[];
}

/** By `<apiId>/<stage>`. An API whose series came back incomplete is absent: half an answer is none. */
export type Metrics = ReadonlyMap<string, ApiMetrics>;

const MINUTE_MS = 60_000;
/** How far back one reading goes: enough for two lost ticks beyond the publication delay. */
const READ_BACK_MS = 8 * MINUTE_MS;
/** A minute is settled once it ended this long ago: before, a value may be missing because it is not published yet. */
const SETTLED_MS = 150_000;

const SERIES = {
  count: ['Count', 'SampleCount'],
  latencyP90: ['IntegrationLatency', 'p90'],
  latencyAverage: ['IntegrationLatency', 'Average'],
  serverErrors: ['5XXError', 'Sum'],
} as const;

/**
 * `readMetrics`, but only when another minute has settled: nothing that matters is new before, and every metric asked
 * for is billed. A failed reading is tried again at once.
 */
export function metricsReader(
  client: CloudWatchClient,
): (apis: readonly MeteredApi[], now: EpochMs) => Promise<Metrics> {
  let last: { readonly asked: string; readonly metrics: Metrics } | undefined;
  return async (apis, now) => {
    const asked = JSON.stringify([settledUntil(now), apis]);
    if (last?.asked === asked) return last.metrics;
    const metrics = await readMetrics(client, apis, now);
    last = { asked, metrics };
    return metrics;
  };
}

function settledUntil(now: EpochMs): EpochMs {
  return Math.floor((now - SETTLED_MS) / MINUTE_MS) * MINUTE_MS;
}

/**
 * The minutes of every API in one `GetMetricData` call. A settled minute without a datapoint is idle: AWS publishes
 * nothing for a stage without requests. Of a minute that has not settled, only a datapoint that is there says anything.
 */
export async function readMetrics(
  client: CloudWatchClient,
  apis: readonly MeteredApi[],
  now: EpochMs,
): Promise<Metrics> {
  if (apis.length === 0) return new Map();
  const settledMs = settledUntil(now);
  const span: Span = { startMs: settledMs - READ_BACK_MS, settledMs, endMs: Math.ceil(now / MINUTE_MS) * MINUTE_MS };
  const { MetricDataResults = [] } = await client.send(
    new GetMetricDataCommand({
      MetricDataQueries: apis.flatMap(queriesOf),
      StartTime: new Date(span.startMs),
      EndTime: new Date(span.endMs),
      ScanBy: 'TimestampAscending',
    }),
  );
  const results = new Map(MetricDataResults.map((result) => [result.Id ?? '', result]));
  const metrics = new Map<string, ApiMetrics>();
  apis.forEach((api, index) => {
    const series = new Map<string, ReadonlyMap<EpochMs, number>>();
    for (const { Id: id = '' } of queriesOf(api, index)) {
      const result = results.get(id);
      if (result?.StatusCode !== 'Complete') return;
      const values = result.Values ?? [];
      series.set(
        id,
        new Map((result.Timestamps ?? []).map((at, point) => [at.getTime(), values[point] ?? Number.NaN])),
      );
    }
    metrics.set(apiStageName(api), metricsOf(api, index, series, span));
  });
  return metrics;
}

interface Span {
  readonly startMs: EpochMs;
  /** Up to here a missing datapoint means that there was nothing. */
  readonly settledMs: EpochMs;
  readonly endMs: EpochMs;
}

function query(id: string, namespace: string, metricName: string, stat: string, dimensions: [string, string][]) {
  return {
    Id: id,
    MetricStat: {
      Metric: {
        Namespace: namespace,
        MetricName: metricName,
        Dimensions: dimensions.map(([Name, Value]) => ({ Name, Value })),
      },
      Period: MINUTE_MS / 1000,
      Stat: stat,
    },
  };
}

function queriesOf(api: MeteredApi, index: number): MetricDataQuery[] {
  const ours: [string, string][] = [
    ['Api', api.apiId],
    ['Stage', api.stage],
  ];
  const aws = Object.entries(SERIES).map(([name, [metricName, statistic]]) =>
    query(`${name}${index}`, 'AWS/ApiGateway', metricName, statistic, [
      ['ApiName', api.apiName],
      ['Stage', api.stage],
    ]),
  );
  const throttles = api.tiers.map((tier, tierIndex) =>
    query(`throttled${index}x${tierIndex}`, 'Tidegate', 'ThrottleCount', 'Sum', [...ours, ['Tier', tier]]),
  );
  return [...aws, query(`logged${index}`, 'Tidegate', 'LoggedRequests', 'Sum', ours), ...throttles];
}

function metricsOf(
  api: MeteredApi,
  index: number,
  series: ReadonlyMap<string, ReadonlyMap<EpochMs, number>>,
  { startMs, settledMs, endMs }: Span,
): ApiMetrics {
  const windows: Window[] = [];
  const minutes: MinuteCount[] = [];
  for (let minuteMs = startMs; minuteMs < endMs; minuteMs += MINUTE_MS) {
    const at = (name: string) => series.get(name)?.get(minuteMs) ?? 0;
    const throttles = api.tiers.map((_, tier) => at(`throttled${index}x${tier}`));
    const minute = {
      requests: at(`count${index}`),
      throttled: throttles.reduce((sum, count) => sum + count, 0),
      serverErrors: at(`serverErrors${index}`),
      latencyP90Ms: at(`latencyP90${index}`),
      latencyAverageMs: at(`latencyAverage${index}`),
    };
    const logged = at(`logged${index}`);
    const isPossible = [...Object.values(minute), ...throttles, logged].every(
      (value) => value >= 0 && value < Infinity,
    );
    const isSettled = minuteMs < settledMs;
    const isSaid = isPossible && (isSettled || minute.requests > 0);
    minutes.push({ startMs: minuteMs, counted: isSaid ? minute.requests : undefined, logged: isPossible ? logged : 0 });
    if (!isSettled) continue;
    const window = minuteWindow(minuteMs, minute);
    windows.push(isPossible ? window : { ...window, doubt: 'a minute of CloudWatch that cannot be' });
  }
  return { windows, minutes };
}
