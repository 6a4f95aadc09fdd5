import { cloudWatch } from '../../support/observe/cloudwatch.ts';
import { START_MS } from '../../support/observe/virtual-aws.ts';

const MINUTE_MS = 60_000;
const at = (seconds: number) => new Date(START_MS + seconds * 1_000);
const metric = { Namespace: 'N', MetricName: 'm' };

interface Result {
  readonly Id: string;
  readonly Label: string;
  readonly StatusCode: string;
  readonly Timestamps: readonly Date[];
  readonly Values: readonly number[];
  readonly Messages?: readonly object[];
}

type Cloud = Awaited<ReturnType<typeof cloudWatch>>;

async function setUp(data: readonly object[] = []) {
  const cloud = await cloudWatch();
  if (data.length > 0) {
    await cloud.call('PutMetricData', {
      Namespace: 'N',
      MetricData: data.map((each) => ({ MetricName: 'm', ...each })),
    });
    await cloud.clock.runUntil(START_MS + 10_000);
  }
  return cloud;
}

const stat = (Stat: string, more: object = {}) => ({ MetricStat: { Metric: metric, Period: 60, Stat, ...more } });

async function query(cloud: Cloud, queries: readonly object[], more: object = {}): Promise<readonly Result[]> {
  const input = { StartTime: at(-600), EndTime: at(600), MetricDataQueries: queries, ...more };
  const { MetricDataResults } = await cloud.call<{ MetricDataResults: Result[] }>('GetMetricData', input);
  return MetricDataResults;
}

const valuesOf = async (cloud: Cloud, Stat: string) => (await query(cloud, [{ Id: 'q', ...stat(Stat) }]))[0]?.Values;

describe('PutMetricData', () => {
  test.each([
    [
      { Value: 1, Values: [1] },
      'InvalidParameterCombinationException',
      'The parameters MetricData.member.1.Value and MetricData.member.1.Values are mutually exclusive and you have specified both.',
    ],
    [
      { Values: [1, 2], Counts: [1] },
      'InvalidParameterValueException',
      'The parameters MetricData.member.1.Values and MetricData.member.1.Counts must be of the same size.',
    ],
    [
      { Value: Number.NaN },
      'InvalidParameterValueException',
      'The value NaN for parameter MetricData.member.1.Value is invalid.',
    ],
    [
      { Value: 1, StorageResolution: 5 },
      'InvalidParameterValueException',
      'The value 5 for parameter MetricData.member.1.StorageResolution is invalid.',
    ],
    [{}, 'MissingRequiredParameterException', 'The parameter MetricData.member.1.Value is required.'],
    [
      { Values: Array.from({ length: 151 }, () => 1) },
      'InvalidParameterValueException',
      'The collection MetricData.member.1.Values must not have a size greater than 150.',
    ],
  ])('refuses %j', async (datum, code, message) => {
    await expect(setUp([datum])).rejects.toMatchObject({ code, message });
  });

  test('leaves AWS namespaces to AWS', async () => {
    const { call } = await setUp();
    await expect(call('PutMetricData', { Namespace: 'AWS/X', MetricData: [] })).rejects.toMatchObject({
      code: 'InvalidParameterValueException',
    });
  });
});

describe('statistics', () => {
  test.each([
    ['Sum', 20],
    ['Average', 20 / 6],
    ['Minimum', 0],
    ['Maximum', 10],
    ['SampleCount', 6],
    ['p100', 10],
    ['p10', 0],
  ])('%s counts zeros, and values by their counts', async (name, expected) => {
    const cloud = await setUp([{ Values: [10, 5], Counts: [1, 2] }, { Value: 0 }, { Values: [0], Counts: [2] }]);
    expect(await valuesOf(cloud, name)).toEqual([expected]);
  });

  test('percentiles of a summary are known only when all its values are equal', async () => {
    const summary = { SampleCount: 4, Sum: 10, Minimum: 1, Maximum: 4 };
    const cloud = await setUp([{ StatisticValues: summary }]);
    expect(await valuesOf(cloud, 'Average')).toEqual([2.5]);
    expect(await valuesOf(cloud, 'p50')).toEqual([]);
    const equal = await setUp([{ StatisticValues: { ...summary, Sum: 8, Minimum: 2, Maximum: 2 } }]);
    expect(await valuesOf(equal, 'p50')).toEqual([2]);
  });

  test('others are named as missing', async () => {
    const cloud = await setUp();
    await expect(valuesOf(cloud, 'tm99')).rejects.toMatchObject({ code: 'NotImplemented' });
    await expect(valuesOf(cloud, 'Mode')).rejects.toMatchObject({ code: 'InvalidParameterValueException' });
  });
});

describe('GetMetricData', () => {
  test('without data answers complete and empty', async () => {
    expect(await query(await setUp(), [{ Id: 'q', ...stat('Sum') }])).toEqual([
      { Id: 'q', Label: 'm', Timestamps: [], Values: [], StatusCode: 'Complete' },
    ]);
  });

  test('answers newest first unless asked, the end exclusive', async () => {
    const cloud = await setUp([0, -60, -120].map((seconds) => ({ Value: seconds, Timestamp: at(seconds) })));
    const queries = [{ Id: 'q', ...stat('Sum') }];
    const [newest] = await query(cloud, queries);
    expect(newest).toMatchObject({ Timestamps: [at(0), at(-60), at(-120)], Values: [0, -60, -120] });
    const [oldest] = await query(cloud, queries, { ScanBy: 'TimestampAscending', EndTime: at(0) });
    expect(oldest?.Values).toEqual([-120, -60]);
  });

  test('gathers minutes into longer periods and seconds into shorter ones', async () => {
    const seconds = [0, 1, 9, 10, 61].map((second) => ({ Value: 1, Timestamp: at(second), StorageResolution: 1 }));
    const cloud = await setUp(seconds);
    const sums = async (Period: number) =>
      (
        await query(cloud, [{ Id: 'q', ...stat('Sum', { Period }) }], {
          StartTime: at(0),
          ScanBy: 'TimestampAscending',
        })
      )[0];
    expect(await sums(10)).toMatchObject({ Timestamps: [at(0), at(10), at(60)], Values: [3, 1, 1] });
    expect(await sums(60)).toMatchObject({ Values: [4, 1] });
    expect(await sums(300)).toMatchObject({ Values: [5] });
    expect(await sums(300)).toMatchObject({ Values: [5] });
  });

  test('one unit of several, with a message', async () => {
    const cloud = await setUp([
      { Value: 1, Unit: 'Seconds' },
      { Value: 2, Unit: 'Milliseconds' },
    ]);
    const [any, seconds] = await query(cloud, [
      { Id: 'a', ...stat('Sum') },
      { Id: 'b', ...stat('Sum', { Unit: 'Seconds' }) },
    ]);
    expect(any).toMatchObject({
      Values: [2],
      StatusCode: 'Complete',
      Messages: [{ Code: 'MultipleUnits', Value: "Multiple units returned: '[Milliseconds, Seconds]'" }],
    });
    expect(seconds).toMatchObject({ Values: [1] });
    expect(seconds?.Messages).toBeUndefined();
  });

  test('labels say what tells the queries apart', async () => {
    const cloud = await setUp();
    const labels = async (...queries: object[]) => {
      const results = await query(
        cloud,
        queries.map((each, index) => ({ Id: `q${index}`, ...each })),
      );
      return results.map((result) => result.Label);
    };
    expect(await labels(stat('Sum'))).toEqual(['m']);
    expect(await labels(stat('Sum'), stat('Maximum'))).toEqual(['m Sum', 'm Maximum']);
    expect(await labels(stat('Sum'), stat('Maximum', { Period: 300 }))).toEqual(['m Sum 60', 'm Maximum 300']);
    expect(await labels({ ...stat('Sum'), Label: 'mine' }, { Expression: 'q0 * 2' })).toEqual(['mine', 'q1']);
  });

  test.each([
    [[{ Id: 'Q', ...stat('Sum') }], {}],
    [
      [
        { Id: 'q', ...stat('Sum') },
        { Id: 'q', ...stat('Sum') },
      ],
      {},
    ],
    [[{ Id: 'q' }], {}],
    [[{ Id: 'q', Expression: 'q + 1' }], {}],
    [[{ Id: 'q', Expression: '1 +' }], {}],
    [[{ Id: 'q', Expression: '1 + 1' }], {}],
    [[{ Id: 'q', ...stat('Sum') }], { StartTime: at(600) }],
  ])('refuses case %#', async (queries, more) => {
    await expect(query(await setUp(), queries, more)).rejects.toMatchObject({ code: 'ValidationException' });
  });
});

describe('publication', () => {
  const sample = { namespace: 'AWS/ApiGateway', metricName: 'Count', dimensions: { ApiName: 'a' }, value: 1 };
  const count = (cloud: Cloud) => {
    const Metric = { Namespace: 'AWS/ApiGateway', MetricName: 'Count', Dimensions: [{ Name: 'ApiName', Value: 'a' }] };
    return query(cloud, [{ Id: 'q', MetricStat: { Metric, Period: 60, Stat: 'SampleCount' } }]);
  };

  test("AWS's own minutes appear one to two minutes after their end, all at once", async () => {
    const cloud = await setUp();
    for (const second of [0, 30, 59])
      cloud.service.record({ ...sample, timestampMs: START_MS + second * 1_000, count: 100 });
    await cloud.clock.runUntil(START_MS + 2 * MINUTE_MS - 1);
    expect((await count(cloud))[0]?.Values).toEqual([]);
    await cloud.clock.runUntil(START_MS + 3 * MINUTE_MS);
    expect((await count(cloud))[0]?.Values).toEqual([300]);
  });

  test('custom values appear after a few seconds', async () => {
    const cloud = await setUp();
    await cloud.call('PutMetricData', { Namespace: 'N', MetricData: [{ MetricName: 'm', Value: 1 }] });
    await cloud.clock.runUntil(START_MS + 1_000);
    expect(await valuesOf(cloud, 'Sum')).toEqual([]);
    await cloud.clock.runUntil(START_MS + 5_000);
    expect(await valuesOf(cloud, 'Sum')).toEqual([1]);
  });

  test('old minutes are condensed to five, and sums stay what they were', async () => {
    const cloud = await setUp();
    const hours = 24;
    for (let minute = 0; minute < hours * 60; minute++) {
      await cloud.clock.runUntil(START_MS + minute * MINUTE_MS);
      cloud.service.record({ ...sample, timestampMs: cloud.clock.now(), value: minute % 7 });
    }
    await cloud.clock.runUntil(START_MS + (hours * 60 + 5) * MINUTE_MS);
    const Metric = { Namespace: 'AWS/ApiGateway', MetricName: 'Count', Dimensions: [{ Name: 'ApiName', Value: 'a' }] };
    const read = async (Stat: string, Period: number) => {
      const range = { StartTime: at(0), EndTime: at(hours * 3_600), ScanBy: 'TimestampAscending' };
      const [result] = await query(cloud, [{ Id: 'q', MetricStat: { Metric, Period, Stat } }], range);
      return result?.Values ?? [];
    };
    expect((await read('SampleCount', 3_600)).slice(0, 24)).toEqual(Array.from({ length: 24 }, () => 60));
    const minutes = (await read('Sum', 60)).length;
    expect(minutes).toBeGreaterThan(12 * 60);
    expect(minutes).toBeLessThan(24 * 60);
  });
});

describe('GetMetricStatistics and ListMetrics', () => {
  const range = { ...metric, StartTime: at(-60), EndTime: at(60), Period: 60 };

  test('one datapoint per unit', async () => {
    const { call } = await setUp([
      { Value: 1, Unit: 'Seconds' },
      { Value: 3, Unit: 'Milliseconds' },
    ]);
    const answer = await call('GetMetricStatistics', {
      ...range,
      Statistics: ['Sum', 'Average'],
      ExtendedStatistics: ['p50'],
    });
    expect(answer).toEqual({
      Label: 'm',
      Datapoints: [
        { Timestamp: at(0), Unit: 'Milliseconds', Sum: 3, Average: 3, ExtendedStatistics: { p50: 3 } },
        { Timestamp: at(0), Unit: 'Seconds', Sum: 1, Average: 1, ExtendedStatistics: { p50: 1 } },
      ],
    });
  });

  test.each([
    [
      { EndTime: at(86_340), Period: 1 },
      'InvalidParameterCombinationException',
      /^You have requested up to 86400 datapoints, which exceeds the limit of 1440\./,
    ],
    [
      { EndTime: at(-60) },
      'InvalidParameterValueException',
      /^The parameter StartTime must be less than the parameter EndTime\.$/,
    ],
  ])('refuses %j', async (more, code, message) => {
    const { call } = await setUp();
    const input = { ...range, Statistics: ['Sum'], ...more };
    await expect(call('GetMetricStatistics', input)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  test('lists by namespace, name and dimension', async () => {
    const cloud = await setUp([{ Value: 1, Dimensions: [{ Name: 'Tier', Value: 'basic' }] }, { Value: 1 }]);
    const { Metrics } = await cloud.call<{ Metrics: object[] }>('ListMetrics', {
      Namespace: 'N',
      Dimensions: [{ Name: 'Tier' }],
    });
    expect(Metrics).toEqual([{ ...metric, Dimensions: [{ Name: 'Tier', Value: 'basic' }] }]);
  });
});

describe('embedded metrics', () => {
  const directive = { Namespace: 'N', Dimensions: [['Api'], ['Api', 'Tier']], Metrics: [{ Name: 'm', Unit: 'Count' }] };
  const line = { _aws: { Timestamp: START_MS, CloudWatchMetrics: [directive] }, Api: 'a', Tier: 'basic', m: [1, 2] };

  test('become one metric per dimension set, with all values of an array', async () => {
    const cloud = await setUp();
    cloud.service.ingestEmf(JSON.stringify(line));
    await cloud.clock.runUntil(START_MS + 10_000);
    for (const Dimensions of [
      [{ Name: 'Api', Value: 'a' }],
      [
        { Name: 'Tier', Value: 'basic' },
        { Name: 'Api', Value: 'a' },
      ],
    ]) {
      const MetricStat = { Metric: { ...metric, Dimensions }, Period: 60, Stat: 'Sum' };
      expect((await query(cloud, [{ Id: 'q', MetricStat }]))[0]?.Values).toEqual([3]);
    }
    expect(cloud.service.malformedEmfCount).toBe(0);
  });

  test.each([
    ['not json', 'START {"_aws"'],
    ['a prefix before the document', `2031 INFO ${JSON.stringify(line)}`],
    ['no metadata', JSON.stringify({ ...line, _aws: 1 })],
    ['a timestamp that is none', JSON.stringify({ ...line, _aws: { ...line._aws, Timestamp: '1' } })],
    ['a missing dimension', JSON.stringify({ ...line, Tier: undefined })],
    ['a dimension that is no text', JSON.stringify({ ...line, Tier: 1 })],
    ['a missing value', JSON.stringify({ ...line, m: undefined })],
    ['a value that is no number', JSON.stringify({ ...line, m: ['1'] })],
    [
      'a resolution that is none',
      JSON.stringify({
        ...line,
        _aws: { ...line._aws, CloudWatchMetrics: [{ ...directive, Metrics: [{ Name: 'm', StorageResolution: 30 }] }] },
      }),
    ],
  ])('with %s yield nothing and are counted', async (_what, message) => {
    const cloud = await setUp();
    cloud.service.ingestEmf(message);
    await cloud.clock.runUntil(START_MS + 10_000);
    expect(await cloud.call('ListMetrics', {})).toEqual({ Metrics: [] });
    expect(cloud.service.malformedEmfCount).toBe(1);
  });
});
