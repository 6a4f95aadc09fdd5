import {
  type CloudWatchClient,
  GetMetricDataCommand,
  type MetricDataQuery,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import type { MethodKey } from '../limits/method-key.ts';
import { type ApiStage, apiStageName } from '../platform/api-stage.ts';
import { METRICS_ABSENT_MS } from '../platform/aws-assumptions.ts';
import type { EpochMs } from '../platform/units.ts';
import { minuteWindow } from './metric-windows.ts';
import type { MinuteCount } from './verdict.ts';
import type { Window } from './window.ts';

/** An API whose minute metrics are read; AWS metrics use the API's name, not its id. */
export interface MeteredApi extends ApiStage {
  readonly apiName: string;
  /**
   * Methods with separate counts, usually those with a cost of their own: three more series each, which AWS publishes
   * only if the stage's detailed metrics are on. Without them all requests count as one method.
   */
  readonly methods: readonly MethodKey[];
}

/** CloudWatch's data on one API. */
export interface ApiMetrics {
  /** The slow path: one window for each settled minute, oldest first. */
  readonly windows: readonly Window[];
  /** These minutes and later ones that have not settled yet, for comparison with the log. */
  readonly minutes: readonly MinuteCount[];
}

/** By `<apiId>/<stage>`. An API with incomplete series is absent. */
export type Metrics = ReadonlyMap<string, ApiMetrics>;

const MINUTE_MS = 60_000;
/** How far back one read goes: enough for two lost ticks beyond the publication delay. */
const READ_BACK_MS = 8 * MINUTE_MS;

/** CloudWatch's bound on the queries of one `GetMetricData` call. */
const MOST_QUERIES = 500;

const SERIES = {
  count: ['Count', 'SampleCount'],
  answered: ['IntegrationLatency', 'SampleCount'],
  latencyP90: ['IntegrationLatency', 'p90'],
  latencyAverage: ['IntegrationLatency', 'Average'],
  serverErrors: ['5XXError', 'Sum'],
} as const;
const OF_METHODS = ['count', 'answered', 'serverErrors'] as const;

/**
 * Calls `readMetrics` only when another minute has settled, because nothing relevant changes before and every metric read is
 * billed. A failed read is retried at the next call.
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
  return Math.floor((now - METRICS_ABSENT_MS) / MINUTE_MS) * MINUTE_MS;
}

/**
 * Reads the minutes of every API in as few `GetMetricData` calls as possible. A settled minute without a datapoint is idle, because AWS
 * publishes nothing for a stage without requests. In a minute that has not settled, a missing datapoint means nothing.
 */
export async function readMetrics(
  client: CloudWatchClient,
  apis: readonly MeteredApi[],
  now: EpochMs,
): Promise<Metrics> {
  if (apis.length === 0) return new Map();
  const settledMs = settledUntil(now);
  const span: Span = { startMs: settledMs - READ_BACK_MS, settledMs, endMs: Math.ceil(now / MINUTE_MS) * MINUTE_MS };
  const results = await readResults(client, apis.flatMap(queriesOf), span);
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

/** The result of every query by its id. */
async function readResults(
  client: CloudWatchClient,
  queries: readonly MetricDataQuery[],
  { startMs, endMs }: Span,
): Promise<ReadonlyMap<string, MetricDataResult>> {
  const calls: Promise<{ MetricDataResults?: MetricDataResult[] | undefined }>[] = [];
  for (let from = 0; from < queries.length; from += MOST_QUERIES) {
    const command = new GetMetricDataCommand({
      MetricDataQueries: queries.slice(from, from + MOST_QUERIES),
      StartTime: new Date(startMs),
      EndTime: new Date(endMs),
      ScanBy: 'TimestampAscending',
    });
    calls.push(client.send(command));
  }
  const answers = await Promise.all(calls);
  const results = answers.flatMap(({ MetricDataResults = [] }) => MetricDataResults);
  return new Map(results.map((result) => [result.Id ?? '', result]));
}

interface Span {
  readonly startMs: EpochMs;
  /** Until this instant a missing datapoint means that there were no requests. */
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
  const ofStage: [string, string][] = [
    ['ApiName', api.apiName],
    ['Stage', api.stage],
  ];
  const aws = (name: keyof typeof SERIES, id: string, dimensions: [string, string][]) => {
    const [metricName, statistic] = SERIES[name];
    return query(id, 'AWS/ApiGateway', metricName, statistic, dimensions);
  };
  const stage = (Object.keys(SERIES) as (keyof typeof SERIES)[]).map((name) => aws(name, `${name}${index}`, ofStage));
  const methods = api.methods.flatMap((method, methodIndex) => {
    const { resource, verb } = partsOf(method);
    const dimensions: [string, string][] = [...ofStage, ['Resource', resource], ['Method', verb]];
    return OF_METHODS.map((name) => aws(name, `${name}${index}x${methodIndex}`, dimensions));
  });
  const ours: [string, string][] = [
    ['Api', api.apiId],
    ['Stage', api.stage],
  ];
  return [...stage, ...methods, query(`logged${index}`, 'Tidegate', 'LoggedRequests', 'Sum', ours)];
}

/** `/orders/POST` is the resource `/orders` and the method `POST`. */
function partsOf(method: MethodKey): { readonly resource: string; readonly verb: string } {
  const at = method.lastIndexOf('/');
  return { resource: method.slice(0, at) || '/', verb: method.slice(at + 1) };
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
    const counts = (suffix: string) => ({
      requests: at(`count${suffix}`),
      answered: at(`answered${suffix}`),
      serverErrors: at(`serverErrors${suffix}`),
    });
    const minute = {
      ...counts(`${index}`),
      latencyP90Ms: at(`latencyP90${index}`),
      latencyAverageMs: at(`latencyAverage${index}`),
    };
    const methods = api.methods.map((method, of) => [method, counts(`${index}x${of}`)] as const);
    const logged = at(`logged${index}`);
    const figures = [minute, ...methods.map(([, of]) => of)].flatMap((of) => Object.values(of));
    const isPossible = [...figures, logged].every((value) => value >= 0 && value < Infinity);
    const isSettled = minuteMs < settledMs;
    const isSaid = isPossible && (isSettled || minute.requests > 0);
    minutes.push({ startMs: minuteMs, counted: isSaid ? minute.requests : undefined, logged: isPossible ? logged : 0 });
    if (!isSettled) continue;
    const window = minuteWindow(minuteMs, minute, Object.fromEntries(methods));
    windows.push(isPossible ? window : { ...window, doubt: 'a minute of CloudWatch that cannot be' });
  }
  return { windows, minutes };
}
