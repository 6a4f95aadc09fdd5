import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { percentileMs } from '../../../shared/law/telling/histogram.ts';
import { readMetrics } from '../../../shared/telemetry/cloudwatch.ts';
import { minuteWindow } from '../../../shared/telemetry/metric-windows.ts';

const T0 = Date.UTC(2031, 0, 1);
const MINUTE = 60_000;
const cloudWatch = mockClient(CloudWatchClient);
const client = new CloudWatchClient({ region: 'us-east-1' });
const api = { apiId: 'a1', stage: 'dev', apiName: 'dev-tidegate', methods: ['/orders/POST'] };

beforeEach(() => cloudWatch.reset());

/** Answers the minute `T0` of every series with the value of its id's first letters; everything else is silent. */
function answer(values: Record<string, number>, statusCode = 'Complete') {
  cloudWatch.on(GetMetricDataCommand).callsFake(({ MetricDataQueries }: { MetricDataQueries: { Id: string }[] }) => ({
    MetricDataResults: MetricDataQueries.map(({ Id }) => ({
      Id,
      StatusCode: statusCode,
      Timestamps: values[Id] === undefined ? [] : [new Date(T0)],
      Values: values[Id] === undefined ? [] : [values[Id]],
    })),
  }));
}

describe('the minute metrics', () => {
  const now = T0 + MINUTE + 160_000;

  test('of all APIs are one call, and become windows', async () => {
    answer({
      count0: 1000,
      answered0: 900,
      latencyP900: 450,
      latencyAverage0: 210,
      serverErrors0: 3,
      count0x0: 100,
      answered0x0: 80,
      serverErrors0x0: 1,
    });
    const metrics = await readMetrics(client, [api, { ...api, apiId: 'a2', apiName: 'other' }], now);
    expect(cloudWatch.commandCalls(GetMetricDataCommand)).toHaveLength(1);
    const window = metrics.get('a1/dev')?.windows.find(({ startMs }) => startMs === T0);
    expect(window).toMatchObject({ source: 'metrics', lengthMs: MINUTE, keys: {} });
    expect(window?.cells.all?.['/orders/POST']).toMatchObject({ requests: 100, throttled: 20, serverErrors: 1 });
    expect(window?.cells.all?.['*/*']).toMatchObject({ requests: 900, throttled: 80, serverErrors: 2, slow: 0 });
    const silent = metrics.get('a2/dev')?.windows ?? [];
    expect(silent).toHaveLength(8);
    expect(silent.every(({ cells }) => Object.keys(cells).length === 0)).toBe(true);
  });

  test('ask for what the facts prescribe: counts as samples, the p90, whole minutes', async () => {
    answer({});
    await readMetrics(client, [api], now);
    const input = cloudWatch.commandCalls(GetMetricDataCommand)[0]?.args[0].input;
    const stats = input?.MetricDataQueries?.map(({ MetricStat }) => [MetricStat?.Metric?.MetricName, MetricStat?.Stat]);
    expect(stats).toEqual([
      ['Count', 'SampleCount'],
      ['IntegrationLatency', 'SampleCount'],
      ['IntegrationLatency', 'p90'],
      ['IntegrationLatency', 'Average'],
      ['5XXError', 'Sum'],
      ['Count', 'SampleCount'],
      ['IntegrationLatency', 'SampleCount'],
      ['5XXError', 'Sum'],
      ['LoggedRequests', 'Sum'],
    ]);
    const ofMethod = input?.MetricDataQueries?.[5]?.MetricStat?.Metric?.Dimensions?.map(({ Name, Value }) => [
      Name,
      Value,
    ]);
    expect(ofMethod).toEqual([
      ['ApiName', 'dev-tidegate'],
      ['Stage', 'dev'],
      ['Resource', '/orders'],
      ['Method', 'POST'],
    ]);
    const spanMs = [input?.StartTime, input?.EndTime].map((at) => (at?.getTime() ?? 0) - T0);
    expect(spanMs).toEqual([-7 * MINUTE, 4 * MINUTE]);
  });

  test('of more series than one call may ask for are read by several calls', async () => {
    const values = { count0: 1000, count0x0: 100, count0x299: 70 };
    answer(values);
    const methods = Array.from({ length: 300 }, (_, index) => `/orders/${index}/GET`);
    const metrics = await readMetrics(client, [{ ...api, methods }], now);
    const calls = cloudWatch.commandCalls(GetMetricDataCommand).map(({ args }) => args[0].input);
    const sizes = calls.map(({ MetricDataQueries = [] }) => MetricDataQueries.length);
    expect(sizes).toEqual([500, 406]);
    expect(new Set(calls.map(({ StartTime, EndTime }) => `${StartTime} ${EndTime}`)).size).toBe(1);
    const cells = metrics.get('a1/dev')?.windows.find(({ startMs }) => startMs === T0)?.cells.all;
    expect(cells?.['/orders/0/GET']?.requests).toBe(100);
    expect(cells?.['/orders/299/GET']?.requests).toBe(70);
    expect(cells?.['*/*']?.requests).toBe(830);
  });

  test('that came back in part are no evidence', async () => {
    answer({ count0: 10 }, 'PartialData');
    expect((await readMetrics(client, [api], now)).has('a1/dev')).toBe(false);
  });

  test('that have not settled become no window; only a datapoint that is there counts', async () => {
    answer({ count0: 10, logged0: 4 });
    const early = (await readMetrics(client, [api], T0 + MINUTE + 30_000)).get('a1/dev');
    expect(early?.windows.some(({ startMs }) => startMs >= T0)).toBe(false);
    expect(early?.minutes.slice(-3)).toEqual([
      { startMs: T0 - MINUTE, counted: undefined, logged: 0 },
      { startMs: T0, counted: 10, logged: 4 },
      { startMs: T0 + MINUTE, counted: undefined, logged: 0 },
    ]);
  });

  test.each([-5, Number.NaN, Number.POSITIVE_INFINITY])(
    'that cannot be (%d) are doubted, never idle',
    async (value) => {
      answer({ count0: value });
      const { windows = [], minutes = [] } = (await readMetrics(client, [api], now)).get('a1/dev') ?? {};
      expect(windows.find(({ startMs }) => startMs === T0)?.doubt).toContain('cannot be');
      expect(minutes.find(({ startMs }) => startMs === T0)?.counted).toBeUndefined();
    },
  );

  test('without any API are not asked for', async () => {
    expect(await readMetrics(client, [], now)).toEqual(new Map());
    expect(cloudWatch.commandCalls(GetMetricDataCommand)).toHaveLength(0);
  });
});

describe('the histogram of a minute', () => {
  test.each([
    [450, 210],
    [505, 300],
    [205, 204],
    [900, 880],
    [7_000, 400],
  ])('with p90 %d ms and average %d ms reads the p90 again, within a tenth', (latencyP90Ms, latencyAverageMs) => {
    const minute = { requests: 60_000, answered: 60_000, serverErrors: 0, latencyP90Ms, latencyAverageMs };
    const cell = minuteWindow(T0, minute).cells.all?.['*/*'];
    expect(cell?.latency.reduce((a, b) => a + b)).toBe(60_000);
    const read = percentileMs(cell?.latency ?? [], 90) ?? 0;
    expect(Math.abs(read - latencyP90Ms) / latencyP90Ms).toBeLessThan(0.1);
  });

  test('never counts more errors or answers than requests, nor fewer than none', () => {
    const minute = { requests: 10, answered: 50, serverErrors: -1, latencyP90Ms: 0, latencyAverageMs: 0 };
    expect(minuteWindow(T0, minute).cells.all?.['*/*']).toMatchObject({ requests: 10, throttled: 0, serverErrors: 0 });
  });

  test('without detailed metrics all requests are one method, and a method alone leaves no others', () => {
    const minute = { requests: 10, answered: 9, serverErrors: 0, latencyP90Ms: 200, latencyAverageMs: 180 };
    const silent = { requests: 0, answered: 0, serverErrors: 0 };
    expect(Object.keys(minuteWindow(T0, minute, { '/orders/POST': silent }).cells.all ?? {})).toEqual(['*/*']);
    expect(Object.keys(minuteWindow(T0, minute, { '/orders/POST': minute }).cells.all ?? {})).toEqual(['/orders/POST']);
  });
});
