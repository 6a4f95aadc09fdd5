import { type CloudWatchClient, GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { type ApiStage, apiStageName } from '../platform/api-stage.ts';
import type { EpochMs } from '../platform/units.ts';
import { type MetricMinute, minuteWindow } from './metric-windows.ts';
import type { Window } from './window.ts';

/** An API whose minute metrics are wanted; AWS names it in metrics by its name, not by its id. */
export interface MeteredApi extends ApiStage {
  readonly apiName: string;
  /** Tiers whose `ThrottleCount` is summed, `unknown` included. */
  readonly tiers: readonly string[];
}

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
 * Minute windows of every API in one `GetMetricData` call, oldest first, by API name as `<apiId>/<stage>`. A settled
 * minute without a datapoint is an idle window: AWS publishes nothing for a stage without requests. An API whose
 * series came back incomplete is absent from the answer: half an answer is none.
 */
export async function readMetricWindows(
  client: CloudWatchClient,
  apis: readonly MeteredApi[],
  now: EpochMs,
): Promise<Map<string, Window[]>> {
  if (apis.length === 0) return new Map();
  const endMs = Math.floor((now - SETTLED_MS) / MINUTE_MS) * MINUTE_MS;
  const startMs = endMs - READ_BACK_MS;
  const { MetricDataResults = [] } = await client.send(
    new GetMetricDataCommand({
      MetricDataQueries: apis.flatMap(queriesOf),
      StartTime: new Date(startMs),
      EndTime: new Date(endMs),
      ScanBy: 'TimestampAscending',
    }),
  );
  const results = new Map(MetricDataResults.map((result) => [result.Id ?? '', result]));
  const windows = new Map<string, Window[]>();
  apis.forEach((api, index) => {
    const series = new Map<string, ReadonlyMap<EpochMs, number>>();
    for (const { Id: id = '' } of queriesOf(api, index)) {
      const result = results.get(id);
      if (result?.StatusCode !== 'Complete') return;
      const values = result.Values ?? [];
      series.set(id, new Map((result.Timestamps ?? []).map((at, point) => [at.getTime(), values[point] ?? 0])));
    }
    windows.set(apiStageName(api), minutes(api, index, series, startMs, endMs));
  });
  return windows;
}

function queriesOf(api: MeteredApi, index: number): MetricDataQuery[] {
  const aws = Object.entries(SERIES).map(([name, [metricName, statistic]]) => ({
    Id: `${name}${index}`,
    MetricStat: {
      Metric: {
        Namespace: 'AWS/ApiGateway',
        MetricName: metricName,
        Dimensions: [
          { Name: 'ApiName', Value: api.apiName },
          { Name: 'Stage', Value: api.stage },
        ],
      },
      Period: MINUTE_MS / 1000,
      Stat: statistic,
    },
  }));
  const throttles = api.tiers.map((tier, tierIndex) => ({
    Id: `throttled${index}x${tierIndex}`,
    MetricStat: {
      Metric: {
        Namespace: 'Tidegate',
        MetricName: 'ThrottleCount',
        Dimensions: [
          { Name: 'Api', Value: api.apiId },
          { Name: 'Stage', Value: api.stage },
          { Name: 'Tier', Value: tier },
        ],
      },
      Period: MINUTE_MS / 1000,
      Stat: 'Sum',
    },
  }));
  return [...aws, ...throttles];
}

function minutes(
  api: MeteredApi,
  index: number,
  series: ReadonlyMap<string, ReadonlyMap<EpochMs, number>>,
  startMs: EpochMs,
  endMs: EpochMs,
): Window[] {
  const at = (name: string, minuteMs: EpochMs): number => series.get(`${name}${index}`)?.get(minuteMs) ?? 0;
  const windows: Window[] = [];
  for (let minuteMs = startMs; minuteMs < endMs; minuteMs += MINUTE_MS) {
    const minute: MetricMinute = {
      requests: at('count', minuteMs),
      throttled: api.tiers.reduce(
        (sum, _, tier) => sum + (series.get(`throttled${index}x${tier}`)?.get(minuteMs) ?? 0),
        0,
      ),
      serverErrors: at('serverErrors', minuteMs),
      latencyP90Ms: at('latencyP90', minuteMs),
      latencyAverageMs: at('latencyAverage', minuteMs),
    };
    windows.push(minuteWindow(minuteMs, minute));
  }
  return windows;
}
