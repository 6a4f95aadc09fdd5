import { CloudWatchClient, GetMetricDataCommand, type GetMetricDataCommandInput } from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { createVitalSigns, type VitalSigns } from '../../../shared/telemetry/vital-signs.ts';

const T0 = Date.UTC(2031, 0, 20);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const API = { apiId: 'abc123def4', stage: 'dev' };

const client = mockClient(CloudWatchClient);
/** Values by metric, statistic, dimensions beyond API and stage, and instant. */
let values: Map<string, Map<number, number>>;
let statusCode: 'Complete' | 'PartialData';
let signs: VitalSigns;

beforeEach(() => {
  client.reset();
  values = new Map();
  statusCode = 'Complete';
  client.on(GetMetricDataCommand).callsFake(answer);
  signs = createVitalSigns(new CloudWatchClient({ region: 'us-east-1' }), API);
});
afterAll(() => client.restore());

function answer({ MetricDataQueries = [], StartTime, EndTime }: GetMetricDataCommandInput) {
  const results = MetricDataQueries.map(({ Id, MetricStat: stat }) => {
    const dimensions = (stat?.Metric?.Dimensions ?? []).map(({ Name, Value }) => `${Name}=${Value}`).join(',');
    const points = values.get(`${stat?.Metric?.Namespace} ${stat?.Metric?.MetricName} ${stat?.Stat} ${dimensions}`);
    const periodMs = (stat?.Period ?? 60) * 1000;
    const sums = new Map<number, number>();
    for (const [atMs, value] of points ?? []) {
      if (atMs < Number(StartTime) || atMs >= Number(EndTime)) continue;
      const startMs = Math.floor(atMs / periodMs) * periodMs;
      sums.set(startMs, (sums.get(startMs) ?? 0) + value);
    }
    return {
      Id,
      StatusCode: statusCode,
      Timestamps: [...sums.keys()].map((atMs) => new Date(atMs)),
      Values: [...sums.values()],
    };
  });
  // The order of the answer is not promised.
  return { MetricDataResults: results.reverse() };
}

const HEARTBEAT = 'Tidegate Heartbeat Sum Api=abc123def4,Stage=dev';
const raised = (limit: string) => `Tidegate FailSafeRaised Sum Api=abc123def4,Stage=dev,Limit=${limit}`;
const set = (name: string, ...points: [number, number][]) => values.set(name, new Map(points));

test('the newest heartbeat is that of its minute, the one under way included', async () => {
  set(HEARTBEAT, [T0 - 3 * MINUTE, 1], [T0, 2], [T0 - MINUTE, 1]);
  expect(await signs.recentBeat(T0 + 30_000)).toBe(T0);
  set(HEARTBEAT, [T0 - 3 * MINUTE, 1], [T0, 0]);
  expect(await signs.recentBeat(T0 + 30_000)).toBe(T0 - 3 * MINUTE);
});

test('after half an hour a beat is no longer recent, but still remembered, to the minute', async () => {
  set(HEARTBEAT, [T0 - 26 * HOUR - 7 * MINUTE, 1], [T0 - 26 * HOUR - 9 * MINUTE, 1]);
  expect(await signs.recentBeat(T0)).toBeUndefined();
  expect(await signs.lastBeat(T0)).toBe(T0 - 26 * HOUR - 7 * MINUTE);
});

test('without any beat in two weeks there is none', async () => {
  set(HEARTBEAT, [T0 - 15 * 24 * HOUR, 1]);
  expect(await signs.lastBeat(T0)).toBeUndefined();
});

test('the backend’s minutes carry what AWS counted; one without an answer is absent', async () => {
  const dimensions = 'ApiName=dev-tidegate,Stage=dev';
  set(`AWS/ApiGateway IntegrationLatency SampleCount ${dimensions}`, [T0 - 2 * MINUTE, 600], [T0 - 3 * MINUTE, 60]);
  set(`AWS/ApiGateway IntegrationLatency p90 ${dimensions}`, [T0 - 2 * MINUTE, 150]);
  set(`AWS/ApiGateway 5XXError Sum ${dimensions}`, [T0 - 2 * MINUTE, 6], [T0 - 4 * MINUTE, 9]);
  expect(await signs.backend('dev-tidegate', 90, T0)).toEqual([
    { startMs: T0 - 3 * MINUTE, answered: 60, serverErrors: 0, latencyMs: Number.POSITIVE_INFINITY },
    { startMs: T0 - 2 * MINUTE, answered: 600, serverErrors: 6, latencyMs: 150 },
  ]);
});

test('latency is read at the percentile that is asked for', async () => {
  const dimensions = 'ApiName=dev-tidegate,Stage=dev';
  set(`AWS/ApiGateway IntegrationLatency SampleCount ${dimensions}`, [T0 - 2 * MINUTE, 600]);
  set(`AWS/ApiGateway IntegrationLatency p90 ${dimensions}`, [T0 - 2 * MINUTE, 150]);
  set(`AWS/ApiGateway IntegrationLatency p99.9 ${dimensions}`, [T0 - 2 * MINUTE, 4000]);
  expect(await signs.backend('dev-tidegate', 99.9, T0)).toMatchObject([{ latencyMs: 4000 }]);
});

test('half an answer is none', async () => {
  statusCode = 'PartialData';
  await expect(signs.backend('dev-tidegate', 90, T0)).rejects.toThrow('incomplete data for IntegrationLatency');
  await expect(signs.recentBeat(T0)).rejects.toThrow('incomplete data for Heartbeat');
});

test('what was raised is remembered from the given instant on, limit by limit', async () => {
  set(raised('stage'), [T0 - 10 * MINUTE, 1]);
  set(raised('basic'), [T0 - 30 * MINUTE, 1]);
  const limits = ['stage', 'basic', 'premium'];
  expect(await signs.raisedSince(limits, T0 - 20 * MINUTE, T0)).toEqual(new Set(['stage']));
  expect(await signs.raisedSince(limits, 0, T0)).toEqual(new Set(['stage', 'basic']));
});
