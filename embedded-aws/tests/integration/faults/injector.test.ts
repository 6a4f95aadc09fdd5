import { type Cloud, createCloud } from '../../../cloud.ts';
import { FaultInjector, knownOperations } from '../../../faults/injector.ts';
import { parseFault } from '../../../faults/parse-fault.ts';
import { DEVELOPER } from '../../../kernel/aws.ts';
import { HANDLER, packageOf } from '../../support/compute/bundle.ts';

const EPOCH_MS = Date.UTC(2031, 0, 1);
/** Reads a parameter with the real SDK, then says what came, and when. */
const SOURCE = `import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
  const client = new SSMClient({ maxAttempts: 1 });
  const calls = {
    read: () => client.send(new GetParameterCommand({ Name: '/p' })),
    write: () => client.send(new PutParameterCommand({ Name: '/p', Value: 'new', Type: 'String', Overwrite: true })),
  };
  export const handler = async ({ call }) => {
    const startMs = Date.now();
    try {
      const { Parameter, Version } = await calls[call]();
      const value = Parameter?.Value ?? Version ?? null;
      return { value, fields: Object.keys(Parameter ?? {}).length, startedMs: startMs, tookMs: Date.now() - startMs };
    } catch (error) {
      return { error: error.name, tookMs: Date.now() - startMs };
    }
  };`;

let cloud: Cloud;
let injector: FaultInjector;

const call = <Output = Record<string, unknown>>(service: string, operation: string, input: object) =>
  cloud.aws.call<Output>(DEVELOPER, service, operation, input);

beforeAll(async () => {
  cloud = await createCloud({ seed: 1, port: 0 });
  cloud.aws.setAuthorize(() => undefined);
  await cloud.clock.goVirtual(0, EPOCH_MS);
  const ZipFile = packageOf(SOURCE);
  const Role = 'arn:aws:iam::123456789012:role/reader';
  const settings = { Handler: HANDLER, Runtime: 'nodejs24.x', Timeout: 30 };
  await call('lambda', 'CreateFunction', { FunctionName: 'x-reader', Role, Code: { ZipFile }, ...settings });
});
afterAll(() => cloud.close());

beforeEach(async () => {
  cloud.aws.setInterceptor(undefined);
  // Parameter Store takes three writes a second.
  await cloud.clock.runUntil(cloud.clock.now() + 2000);
  await call('ssm', 'PutParameter', { Name: '/p', Value: 'old', Type: 'String', Overwrite: true });
  injector = new FaultInjector(cloud.aws);
  cloud.aws.setInterceptor(injector.intercept);
});

const arm = (...texts: string[]) => injector.add(...texts.map((text) => parseFault(text, knownOperations(cloud.aws))));

async function ask(what: 'read' | 'write'): Promise<Record<string, unknown>> {
  const Payload = Buffer.from(JSON.stringify({ call: what }));
  const output = await call<{ Payload: Uint8Array; FunctionError?: string }>('lambda', 'Invoke', {
    FunctionName: 'x-reader',
    Payload,
  });
  return JSON.parse(Buffer.from(output.Payload).toString());
}
const stored = async () =>
  (await call<{ Parameter: { Value: string } }>('ssm', 'GetParameter', { Name: '/p' })).Parameter.Value;

test.each([
  ['error', 'InternalFailure'],
  ['down', 'ServiceUnavailable'],
  ['throttle', 'ThrottlingException'],
])('%s: the call fails and nothing is done', async (kind, error) => {
  arm(`ssm.PutParameter:${kind}`);
  expect(await ask('write')).toMatchObject({ error });
  expect(await stored()).toBe('old');
});

test('lost: the connection breaks after the call has acted', async () => {
  arm('ssm.PutParameter:lost');
  expect(await ask('write')).toEqual({ error: 'Error', tookMs: 0 });
  expect(await stored()).toBe('new');
});

test('timeout: the call has acted, and the function waits until its own time is up', async () => {
  arm('ssm.PutParameter:timeout');
  expect(await ask('write')).toMatchObject({ errorType: 'Sandbox.Timedout' });
  expect(await stored()).toBe('new');
});

test('kill: the call has acted, and the function is dead; the next one begins afresh', async () => {
  arm('reader/ssm.PutParameter:kill*1');
  expect(await ask('write')).toMatchObject({ errorType: 'Runtime.ExitError' });
  expect(await stored()).toBe('new');
  expect(await ask('read')).toMatchObject({ value: 'new' });
});

test("late: the answer comes after the given time of the function's own", async () => {
  arm('ssm.GetParameter:late(7s)');
  expect(await ask('read')).toMatchObject({ value: 'old', tookMs: 7000 });
});

test('time that an invocation waited was taken from the next one: it ran ahead of the clock', async () => {
  arm('ssm.GetParameter:late(20s)*1');
  expect(await ask('read')).toMatchObject({ startedMs: cloud.clock.now(), tookMs: 20_000 });
  expect(await ask('read')).toMatchObject({ startedMs: cloud.clock.now(), tookMs: 0 });
});

test('stale: what was answered before the fault began, and before it everything as it is', async () => {
  arm('reader/ssm.GetParameter:stale@10s..20s');
  expect(await ask('read')).toMatchObject({ value: 'old' });
  await ask('write');
  await cloud.clock.runUntil(cloud.clock.now() + 10_000);
  expect(await ask('read')).toMatchObject({ value: 'old' });
  await cloud.clock.runUntil(cloud.clock.now() + 10_000);
  expect(await ask('read')).toMatchObject({ value: 'new' });
});

test('a stale answer is at most an hour older than its fault: one that is days away remembers nothing yet', async () => {
  arm('reader/ssm.GetParameter:stale@2h');
  expect(await ask('read')).toMatchObject({ value: 'old' });
  await ask('write');
  await cloud.clock.runUntil(cloud.clock.now() + 7_200_000);
  expect(await ask('read')).toMatchObject({ value: 'new' });
});

test('partial: fields are missing; garbage: they hold nonsense', async () => {
  arm('reader/ssm.GetParameter:partial*1', 'reader/ssm.GetParameter:garbage*1');
  const [partial, garbage, whole] = [await ask('read'), await ask('read'), await ask('read')];
  expect(partial.fields).toBeLessThan(Number(whole.fields));
  expect(garbage.value).not.toBe('old');
  expect(whole).toMatchObject({ value: 'old' });
});

test('duplicate: the call is done twice', async () => {
  arm('ssm.PutParameter:duplicate');
  const before = Number(
    (await call<{ Parameter: { Version: number } }>('ssm', 'GetParameter', { Name: '/p' })).Parameter.Version,
  );
  expect(await ask('write')).toMatchObject({ value: before + 2 });
});

test('reorder: deliveries come at some instant within the time, each exactly once', async () => {
  await call('sqs', 'CreateQueue', { QueueName: 'q' });
  const QueueUrl = `${cloud.endpoint}/123456789012/q`;
  arm('developer/sqs.SendMessage:reorder(10s)');
  for (const MessageBody of ['1', '2', '3', '4', '5']) await call('sqs', 'SendMessage', { QueueUrl, MessageBody });
  await cloud.clock.runUntil(cloud.clock.now() + 10_000);
  const input = { QueueUrl, MaxNumberOfMessages: 10 };
  const { Messages } = await call<{ Messages: { Body: string }[] }>('sqs', 'ReceiveMessage', input);
  const order = Messages.map(({ Body }) => Body).join('');
  expect([...order].sort().join('')).toBe('12345');
  expect(order).not.toBe('12345');
});

const emptied = async (QueueUrl: string) => {
  const input = { QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 3600 };
  return (await call<{ Messages?: { Body: string }[] }>('sqs', 'ReceiveMessage', input)).Messages ?? [];
};

test('a delivery is changed in what it brings: stale, partial, garbage', async () => {
  await call('sqs', 'CreateQueue', { QueueName: 'r' });
  const QueueUrl = `${cloud.endpoint}/123456789012/r`;
  const send = (content: object) => call('sqs', 'SendMessage', { QueueUrl, MessageBody: JSON.stringify(content) });
  arm('developer/sqs.SendMessage:stale*1@5s');
  await send({ n: 1, m: 2 });
  await cloud.clock.runUntil(cloud.clock.now() + 5000);
  await send({ n: 3, m: 4 });
  injector.clear();
  arm('developer/sqs.SendMessage:partial*1', 'developer/sqs.SendMessage:garbage*1');
  await send({ n: 5, m: 6 });
  await send({ n: 7, m: 8 });
  const [first, stale, partial, garbage] = (await emptied(QueueUrl)).map(({ Body }) => JSON.parse(Body));
  expect([first, stale]).toEqual([
    { n: 1, m: 2 },
    { n: 1, m: 2 },
  ]);
  expect(Object.keys(partial).length).toBeLessThan(2);
  expect(garbage.n).not.toBe(7);
});

test('a fault strikes as often as it says, in its time alone, and spares the developer', async () => {
  arm('ssm.GetParameter:error*2@5s..60s');
  expect(await ask('read')).toMatchObject({ value: 'old' });
  await cloud.clock.runUntil(cloud.clock.now() + 5000);
  expect(await stored()).toBe('old');
  const answers = [await ask('read'), await ask('read'), await ask('read')].map(({ error }) => error);
  expect(answers).toEqual(['InternalFailure', 'InternalFailure', undefined]);
  expect(injector.struck).toMatchObject([{ struck: 2 }]);
});

test('a share of the calls: the same ones for the same seed', async () => {
  const run = async () => {
    cloud.aws.reseed(7);
    injector.clear();
    arm('ssm.GetParameter:error%50');
    const errors: unknown[] = [];
    for (let index = 0; index < 12; index++) errors.push((await ask('read')).error);
    return errors;
  };
  const first = await run();
  expect(new Set(first).size).toBe(2);
  expect(await run()).toEqual(first);
});
