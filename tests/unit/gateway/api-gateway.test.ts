import {
  APIGatewayClient,
  ConflictException,
  GetAccountCommand,
  GetRestApiCommand,
  GetStageCommand,
  GetUsagePlanKeysCommand,
  GetUsagePlansCommand,
  TooManyRequestsException,
  UpdateStageCommand,
  UpdateUsagePlanCommand,
} from '@aws-sdk/client-api-gateway';
import { mockClient } from 'aws-sdk-client-mock';
import { createGateway } from '../../../shared/gateway/api-gateway.ts';
import { createKeyReader } from '../../../shared/gateway/key-reader.ts';

const aws = mockClient(APIGatewayClient);
const client = new APIGatewayClient({ region: 'us-east-1' });
const api = { apiId: 'abc123def4', stage: 'dev' };
const throttle = (rateRps: number, burst: number) => ({ throttlingRateLimit: rateRps, throttlingBurstLimit: burst });
const ACCOUNT = { rateRps: 10_000, burst: 5_000 };
const METADATA = { $metadata: {}, message: 'Rate exceeded' };

beforeEach(() => {
  aws.reset();
  aws.on(GetAccountCommand).resolves({ throttleSettings: { rateLimit: 10_000, burstLimit: 5_000 } });
});

describe('reading', () => {
  test('a stage gives limits by method, and keeps the spelling of every key', async () => {
    const methodSettings = {
      '*/*': throttle(800, 40),
      'data/GET': throttle(500, 25),
      '~1orders/POST': throttle(50, 25),
    };
    aws.on(GetStageCommand, { restApiId: api.apiId, stageName: 'dev' }).resolves({ methodSettings });
    expect(await createGateway(client).readStage(api, ACCOUNT)).toEqual({
      limits: {
        '*/*': { rateRps: 800, burst: 40 },
        '/data/GET': { rateRps: 500, burst: 25 },
        '/orders/POST': { rateRps: 50, burst: 25 },
      },
      settingsKeys: { '*/*': ['*/*'], '/data/GET': ['data/GET'], '/orders/POST': ['~1orders/POST'] },
      unreadable: {},
    });
  });

  test('plans are read to the last page, 500 a time; one without a throttle is absent', async () => {
    aws
      .on(GetUsagePlansCommand)
      .resolvesOnce({ items: [{ id: 'p1', throttle: { rateLimit: 5, burstLimit: 10 } }], position: 'next' })
      .resolvesOnce({ items: [{ id: 'p2' }, { id: 'p3', throttle: { rateLimit: 1.5, burstLimit: 1 } }] });
    expect(await createGateway(client).readPlans()).toEqual(
      new Map([
        ['p1', { rateRps: 5, burst: 10 }],
        ['p3', { rateRps: 1.5, burst: 1 }],
      ]),
    );
    const inputs = aws.commandCalls(GetUsagePlansCommand).map((call) => call.args[0].input);
    expect(inputs).toEqual([{ limit: 500 }, { limit: 500, position: 'next' }]);
  });

  test('an account limit that is none is told as none and not remembered: the next answer counts', async () => {
    const gateway = createGateway(new APIGatewayClient({ region: 'us-east-1' }));
    const bad = [1e-9, 0, -1, Number.NaN, Number.POSITIVE_INFINITY];
    const answers = aws.on(GetAccountCommand);
    for (const rateLimit of bad) answers.resolvesOnce({ throttleSettings: { rateLimit, burstLimit: 8 } });
    answers.resolves({ throttleSettings: { rateLimit: 10_000, burstLimit: 5_000 } });
    for (const _ of bad) expect(await gateway.accountLimit()).toBeUndefined();
    expect(await gateway.accountLimit()).toEqual({ rateRps: 10_000, burst: 5_000 });
  });

  test("an API's name is read once, the account's limit four times an hour; a failure is not remembered", async () => {
    aws
      .on(GetAccountCommand)
      .rejectsOnce(new Error('down'))
      .resolves({ throttleSettings: { rateLimit: 9, burstLimit: 8 } });
    aws.on(GetRestApiCommand).resolves({ name: 'dev-tidegate' });
    let now = Date.UTC(2031, 0, 1);
    const gateway = createGateway(client, { now: () => now });
    await expect(gateway.accountLimit()).rejects.toThrow('down');
    expect(await gateway.accountLimit()).toEqual({ rateRps: 9, burst: 8 });
    expect(await gateway.accountLimit()).toEqual({ rateRps: 9, burst: 8 });
    expect(await gateway.apiName('abc123def4')).toBe('dev-tidegate');
    expect(await gateway.apiName('abc123def4')).toBe('dev-tidegate');
    now += 15 * 60_000 - 1;
    await gateway.accountLimit();
    expect(aws.commandCalls(GetAccountCommand)).toHaveLength(2);
    now += 1;
    await gateway.accountLimit();
    expect(aws.commandCalls(GetAccountCommand)).toHaveLength(3);
    expect(aws.commandCalls(GetRestApiCommand).map((call) => call.args[0].input)).toEqual([
      { restApiId: 'abc123def4' },
    ]);
  });

  test('an API without a name goes by its id', async () => {
    aws.on(GetRestApiCommand).resolves({});
    expect(await createGateway(client).apiName('abc123def4')).toBe('abc123def4');
  });

  test("a stage's -1 is the account's limit: its throttle is switched off", async () => {
    const methodSettings = { '*/*': throttle(-1, -1), 'a/GET': throttle(-1, 7), 'b/GET': throttle(7, -1) };
    aws.on(GetStageCommand).resolves({ methodSettings });
    expect((await createGateway(client).readStage(api, ACCOUNT)).limits).toEqual({
      '*/*': { rateRps: 10_000, burst: 5_000 },
      '/a/GET': { rateRps: 10_000, burst: 7 },
      '/b/GET': { rateRps: 7, burst: 5_000 },
    });
  });

  test('a stage that somebody closed by hand is read as it is, and so is one request a second', async () => {
    aws.on(GetStageCommand).resolves({ methodSettings: { '*/*': throttle(0, 0), 'a/GET': throttle(1, 1) } });
    expect((await createGateway(client).readStage(api, ACCOUNT)).limits).toEqual({
      '*/*': { rateRps: 0, burst: 0 },
      '/a/GET': { rateRps: 1, burst: 1 },
    });
  });

  test.each([
    [Number.NaN, 5],
    [5, Number.NaN],
    [Number.POSITIVE_INFINITY, 5],
    [5, Number.POSITIVE_INFINITY],
    [-1.5, 5],
    [5, -2],
  ])('a method at %d rps, burst %d has no limit that can be read, and spoils no other', async (rateRps, burst) => {
    const methodSettings = { '*/*': throttle(800, 40), 'a/GET': throttle(rateRps, burst) };
    aws.on(GetStageCommand).resolves({ methodSettings });
    expect(await createGateway(client).readStage(api, ACCOUNT)).toMatchObject({
      limits: { '*/*': { rateRps: 800, burst: 40 } },
      unreadable: { '/a/GET': `${rateRps} rps, burst ${burst} is not a valid limit` },
    });
  });

  test('a stage may hold settings that are no throttle, or half of one, or nothing', async () => {
    const methodSettings = {
      '*/*': { loggingLevel: 'OFF' },
      'a/GET': { throttlingRateLimit: 5 },
      'b/GET': { throttlingBurstLimit: 5 },
    };
    aws.on(GetStageCommand).resolvesOnce({ methodSettings }).resolves({});
    const gateway = createGateway(client);
    expect(await gateway.readStage(api, ACCOUNT)).toEqual({
      limits: {},
      settingsKeys: { '*/*': ['*/*'], '/a/GET': ['a/GET'], '/b/GET': ['b/GET'] },
      unreadable: {},
    });
    expect(await gateway.readStage(api, ACCOUNT)).toEqual({ limits: {}, settingsKeys: {}, unreadable: {} });
  });

  test('plans without an id or with half a throttle are absent, and so are all of an empty page', async () => {
    const whole = { rateLimit: 5, burstLimit: 5 };
    aws
      .on(GetUsagePlansCommand)
      .resolvesOnce({ position: 'next' })
      .resolvesOnce({
        items: [{ throttle: whole }, { id: 'p1', throttle: { rateLimit: 5 } }, { id: 'p2', throttle: whole }],
      });
    expect([...(await createGateway(client).readPlans()).keys()]).toEqual(['p2']);
  });

  test("a plan's keys are their ids, and nothing of their values", async () => {
    aws
      .on(GetUsagePlanKeysCommand)
      .resolvesOnce({ items: [{ id: 'k1', value: 'secret-1' }], position: 'p' })
      .resolvesOnce({ items: [{ id: 'k2', value: 'secret-2' }] });
    expect(await createKeyReader(client).planKeyIds('p1')).toEqual(['k1', 'k2']);
    expect(aws.commandCalls(GetUsagePlanKeysCommand).map((call) => call.args[0].input)).toEqual([
      { usagePlanId: 'p1', limit: 500 },
      { usagePlanId: 'p1', limit: 500, position: 'p' },
    ]);
  });

  test('keys without an id are none, and an empty page may be followed by a full one', async () => {
    aws
      .on(GetUsagePlanKeysCommand)
      .resolvesOnce({ position: 'p' })
      .resolvesOnce({ items: [{ value: 'secret' }, { id: 'k1' }] });
    expect(await createKeyReader(client).planKeyIds('p1')).toEqual(['k1']);
  });
});

describe('writing the stage', () => {
  const known = {
    settingsKeys: { '*/*': ['*/*'], '/orders/POST': ['orders/POST', '~1orders/POST'] },
    account: ACCOUNT,
  };

  test('sends rate and burst of every limit in one call, as text, overrides in each spelling', async () => {
    const settings = throttle(800.5, 40);
    const methodSettings = { '*/*': settings, 'orders/POST': settings, '~1orders/POST': settings };
    aws.on(UpdateStageCommand).resolves({ methodSettings });
    const wanted = { '*/*': { rateRps: 800.5, burst: 40 }, '/orders/POST': { rateRps: 800.5, burst: 40 } };
    const result = await createGateway(client).writeStage(api, wanted, known);
    expect(result).toEqual({ kind: 'written', value: wanted });
    expect(aws.commandCalls(UpdateStageCommand)).toHaveLength(1);
    const operations = aws.commandCalls(UpdateStageCommand)[0]?.args[0].input.patchOperations;
    expect(operations?.map(({ op, path, value }) => `${op} ${path} ${value}`)).toEqual([
      'replace /*/*/throttling/rateLimit 800.5',
      'replace /*/*/throttling/burstLimit 40',
      'replace /orders/POST/throttling/rateLimit 800.5',
      'replace /orders/POST/throttling/burstLimit 40',
      'replace /~1orders/POST/throttling/rateLimit 800.5',
      'replace /~1orders/POST/throttling/burstLimit 40',
    ]);
  });

  test('creates an override in the spelling of the CLI reference', async () => {
    aws.on(UpdateStageCommand).resolves({ methodSettings: { '~1data/GET': throttle(5, 5) } });
    const none = { settingsKeys: {}, account: ACCOUNT };
    const result = await createGateway(client).writeStage(api, { '/data/GET': { rateRps: 5, burst: 5 } }, none);
    expect(result.kind).toBe('written');
    const operations = aws.commandCalls(UpdateStageCommand)[0]?.args[0].input.patchOperations;
    expect(operations?.[0]?.path).toBe('/~1data/GET/throttling/rateLimit');
  });

  test('is a mismatch when the stage answers something else', async () => {
    aws.on(UpdateStageCommand).resolves({ methodSettings: { '*/*': throttle(2000, 5000) } });
    const none = { settingsKeys: {}, account: ACCOUNT };
    const result = await createGateway(client).writeStage(api, { '*/*': { rateRps: 100, burst: 10 } }, none);
    expect(result).toEqual({
      kind: 'mismatch',
      wanted: { '*/*': { rateRps: 100, burst: 10 } },
      found: { '*/*': { rateRps: 2000, burst: 5000 } },
    });
    expect(aws.commandCalls(UpdateStageCommand)).toHaveLength(1);
  });

  test('is a mismatch, and no second try, when overrides that were known stay as they were', async () => {
    const methodSettings = { '*/*': throttle(100, 10), 'orders/POST': throttle(2000, 5000) };
    aws.on(UpdateStageCommand).resolves({ methodSettings });
    const limit = { rateRps: 100, burst: 10 };
    const result = await createGateway(client).writeStage(api, { '*/*': limit, '/orders/POST': limit }, known);
    expect(result.kind).toBe('mismatch');
    expect(aws.commandCalls(UpdateStageCommand)).toHaveLength(1);
  });

  test('is a mismatch when the stage answers under a key that may not be patched', async () => {
    aws.on(UpdateStageCommand).resolves({ methodSettings: { '/orders/POST': throttle(5, 5) } });
    const none = { settingsKeys: {}, account: ACCOUNT };
    const result = await createGateway(client).writeStage(api, { '/orders/POST': { rateRps: 5, burst: 5 } }, none);
    expect(result.kind).toBe('mismatch');
  });

  test('leaves a method as it is that is not named', async () => {
    const methodSettings = { '*/*': throttle(100, 10), 'orders/POST': throttle(0, 0), '~1orders/POST': throttle(0, 0) };
    aws.on(UpdateStageCommand).resolves({ methodSettings });
    const wanted = { '*/*': { rateRps: 100, burst: 10 } };
    const result = await createGateway(client).writeStage(api, wanted, known);
    expect(result).toEqual({ kind: 'written', value: wanted });
    expect(aws.commandCalls(UpdateStageCommand)[0]?.args[0].input.patchOperations).toHaveLength(2);
  });

  test('brings an override into step that appeared after the stage was read', async () => {
    const none = { settingsKeys: { '*/*': ['*/*'] }, account: ACCOUNT };
    aws
      .on(UpdateStageCommand)
      .resolvesOnce({ methodSettings: { '*/*': throttle(100, 10), '~1orders/POST': throttle(10_000, 5_000) } })
      .resolves({ methodSettings: { '*/*': throttle(100, 10), '~1orders/POST': throttle(100, 10) } });
    const limit = { rateRps: 100, burst: 10 };
    const result = await createGateway(client).writeStage(api, { '*/*': limit }, none);
    expect(result).toEqual({ kind: 'written', value: { '*/*': limit, '/orders/POST': limit } });
    const paths = aws.commandCalls(UpdateStageCommand)[1]?.args[0].input.patchOperations?.map(({ path }) => path);
    expect(paths).toContain('/~1orders/POST/throttling/rateLimit');
  });

  test('is a mismatch, not a race without end, when overrides keep appearing', async () => {
    let more = 0;
    aws.on(UpdateStageCommand).callsFake(() => {
      more++;
      return { methodSettings: { '*/*': throttle(100, 10), [`new${more}/GET`]: throttle(9, 9) } };
    });
    const none = { settingsKeys: {}, account: ACCOUNT };
    const result = await createGateway(client).writeStage(api, { '*/*': { rateRps: 100, burst: 10 } }, none);
    expect(result.kind).toBe('mismatch');
    expect(aws.commandCalls(UpdateStageCommand)).toHaveLength(2);
  });

  test.each([
    ['zero', { rateRps: 0, burst: 10 }],
    ['not a number', { rateRps: Number.NaN, burst: 10 }],
    ['negative', { rateRps: -5, burst: 10 }],
    ['without burst', { rateRps: 5, burst: 0 }],
    ['endless', { rateRps: Number.POSITIVE_INFINITY, burst: 1 }],
  ])('is refused, and nothing sent, for a limit that is %s', async (_, limit) => {
    const result = await createGateway(client).writeStage(api, { '*/*': limit }, known);
    expect(result.kind).toBe('refused');
    expect(aws.commandCalls(UpdateStageCommand)).toHaveLength(0);
  });

  test('is refused for what is no method', async () => {
    const result = await createGateway(client).writeStage(api, { deploymentId: { rateRps: 5, burst: 5 } }, known);
    expect(result).toEqual({ kind: 'refused', why: 'deploymentId: its path may not be patched' });
  });

  test('goes in calls of at most 80 operations', async () => {
    const wanted = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`/r${n}/GET`, { rateRps: 5, burst: 5 }]));
    const methodSettings = Object.fromEntries(Object.keys(wanted).map((method) => [method.slice(1), throttle(5, 5)]));
    aws.on(UpdateStageCommand).resolves({ methodSettings });
    const none = { settingsKeys: {}, account: ACCOUNT };
    expect((await createGateway(client).writeStage(api, wanted, none)).kind).toBe('written');
    const sizes = aws.commandCalls(UpdateStageCommand).map((call) => call.args[0].input.patchOperations?.length);
    expect(sizes).toEqual([80, 20]);
  });

  test.each([
    ['throttled', new TooManyRequestsException({ ...METADATA, retryAfterSeconds: '3' }), 3000],
    ['conflict', new ConflictException(METADATA), undefined],
  ])('is deferred when %s', async (reason, error, retryAfterMs) => {
    aws.on(UpdateStageCommand).rejects(error);
    const result = await createGateway(client).writeStage(api, { '*/*': { rateRps: 5, burst: 5 } }, known);
    expect(result).toEqual({ kind: 'deferred', reason, retryAfterMs });
  });

  test('fails on every other error', async () => {
    aws.on(UpdateStageCommand).rejects(new Error('socket hang up'));
    const write = createGateway(client).writeStage(api, { '*/*': { rateRps: 5, burst: 5 } }, known);
    await expect(write).rejects.toThrow('socket hang up');
  });
});

describe('writing a plan', () => {
  test('is one call with both operations, read back', async () => {
    aws.on(UpdateUsagePlanCommand).resolves({ throttle: { rateLimit: 12.5, burstLimit: 13 } });
    const result = await createGateway(client).writePlan('p1', { rateRps: 12.5, burst: 13.9 });
    expect(result).toEqual({ kind: 'written', value: { rateRps: 12.5, burst: 13 } });
    expect(aws.commandCalls(UpdateUsagePlanCommand)[0]?.args[0].input).toEqual({
      usagePlanId: 'p1',
      patchOperations: [
        { op: 'replace', path: '/throttle/rateLimit', value: '12.5' },
        { op: 'replace', path: '/throttle/burstLimit', value: '13' },
      ],
    });
  });

  test("never exceeds the account's limit", async () => {
    aws.on(UpdateUsagePlanCommand).resolves({ throttle: { rateLimit: 10_000, burstLimit: 5_000 } });
    const result = await createGateway(client).writePlan('p1', { rateRps: 1e9, burst: 1e9 });
    expect(result).toEqual({ kind: 'written', value: { rateRps: 10_000, burst: 5_000 } });
  });

  test('is a mismatch when the plan answers something else', async () => {
    aws.on(UpdateUsagePlanCommand).resolves({});
    const result = await createGateway(client).writePlan('p1', { rateRps: 5, burst: 5 });
    expect(result).toEqual({ kind: 'mismatch', wanted: { rateRps: 5, burst: 5 }, found: undefined });
  });

  test('is refused, and nothing sent, out of the bounds', async () => {
    const result = await createGateway(client).writePlan('p1', { rateRps: 0, burst: 5 });
    expect(result).toEqual({ kind: 'refused', why: 'a rate of 0 rps is out of bounds' });
    expect(aws.commandCalls(UpdateUsagePlanCommand)).toHaveLength(0);
  });

  test.each([
    ['throttled', new TooManyRequestsException({ ...METADATA, retryAfterSeconds: '3' }), 3000],
    ['conflict', new ConflictException(METADATA), undefined],
  ])('is deferred when %s', async (reason, error, retryAfterMs) => {
    aws.on(UpdateUsagePlanCommand).rejects(error);
    const result = await createGateway(client).writePlan('p1', { rateRps: 5, burst: 5 });
    expect(result).toEqual({ kind: 'deferred', reason, retryAfterMs });
  });
});
