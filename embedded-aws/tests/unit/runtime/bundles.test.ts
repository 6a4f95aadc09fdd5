import { type ComputeCloud, createComputeCloud, EPOCH_MS } from '../../support/compute/compute-cloud.ts';
import { deploy, invoke } from '../../support/compute/functions.ts';

let cloud: ComputeCloud;
beforeEach(async () => {
  cloud = await createComputeCloud();
});
afterEach(() => cloud.close());

async function run(source: string, event: unknown = {}, settings: object = {}) {
  await deploy(cloud, 'tested', source, settings);
  return invoke(cloud, 'tested', event);
}

test('a bundle reads the time of the clock', async () => {
  const { payload } = await run(`export const handler = async () => {
    const made = new Date();
    return [Date.now(), made.getTime(), made instanceof Date, new Date(5).getTime(), Math.floor(process.uptime())];
  };`);
  expect(payload).toEqual([EPOCH_MS, EPOCH_MS, true, 5, 0]);
});

test('sleeping takes virtual time only, and counts as duration', async () => {
  const { payload, log } = await run(
    `import { setTimeout as sleep } from 'node:timers/promises';
    export const handler = async (_event, context) => {
      await new Promise((resolve) => setTimeout(resolve, 2000));
      await sleep(500);
      return [Date.now(), context.getRemainingTimeInMillis()];
    };`,
    {},
    { Timeout: 10 },
  );
  expect(payload).toEqual([EPOCH_MS + 2500, 10_000 - 2560]);
  expect(log).toMatch(/REPORT RequestId: \S+\tDuration: 2560\.00 ms\tBilled Duration: 2960 ms/);
  expect(cloud.clock.now()).toBe(EPOCH_MS);
});

test('timers fire in the order of their time, and cleared ones never', async () => {
  const { payload } = await run(`export const handler = async () => {
    const seen: string[] = [];
    setTimeout(() => seen.push('late'), 300);
    const cleared = setTimeout(() => seen.push('cleared'), 200);
    const ticking = setInterval(() => seen.push('tick'), 120);
    setTimeout(() => clearTimeout(cleared), 100);
    await new Promise((resolve) => setTimeout(resolve, 310));
    clearInterval(ticking);
    return seen;
  };`);
  expect(payload).toEqual(['tick', 'tick', 'late']);
});

test('a function that sleeps beyond its timeout is ended', async () => {
  const source = 'export const handler = async () => new Promise((resolve) => setTimeout(resolve, 60_000));';
  const { payload, functionError, log } = await run(source, {}, { Timeout: 3 });
  expect(functionError).toBe('Unhandled');
  expect(payload).toEqual({
    errorType: 'Sandbox.Timedout',
    errorMessage: expect.stringMatching(/^RequestId: \S+ Error: Task timed out after 3\.00 seconds$/),
  });
  expect(log).toContain('Task timed out after 3.00 seconds');
});

test('chance is seeded: the same seed gives the same numbers', async () => {
  const source = `import { randomBytes, randomUUID } from 'node:crypto';
    export const handler = async () =>
      [Math.random(), randomUUID(), crypto.randomUUID(), randomBytes(4).toString('hex'), crypto.getRandomValues(new Uint8Array(2)).join()];`;
  const first = await run(source);
  cloud.close();
  cloud = await createComputeCloud();
  const second = await run(source);
  expect(second.payload).toEqual(first.payload);
  const third = await invoke(cloud, 'tested');
  expect(third.payload).not.toEqual(first.payload);
});

test('dynamic imports meet the same world', async () => {
  const { payload } = await run(`export const handler = async () => {
    const { setTimeout: sleep } = await import('node:timers/promises');
    await sleep(1000);
    const os = await import('node:os');
    return [Date.now(), typeof os.hostname()];
  };`);
  expect(payload).toEqual([EPOCH_MS + 1000, 'string']);
});

test('console and standard output reach the log, as Lambda writes them', async () => {
  await run(`import { Console } from 'node:console';
    const own = new Console({ stdout: process.stdout, stderr: process.stderr });
    export const handler = async () => {
      console.log('plain %d', 1, { a: 1 });
      console.error(new Error('bad').message);
      own.info('{"_aws":{}}');
      process.stdout.write('raw\\n');
      return null;
    };`);
  const lines = cloud.logs.lines;
  const time = '2031-01-01T00:00:00.000Z';
  expect(lines[0]).toMatch(/^START RequestId: [0-9a-f-]{36} Version: \$LATEST\n$/);
  expect(lines[1]).toMatch(new RegExp(`^${time}\\t[0-9a-f-]{36}\\tINFO\\tplain 1 { a: 1 }\\n$`));
  expect(lines[2]).toMatch(/\tERROR\tbad\n$/);
  expect(lines.slice(3, 5)).toEqual(['{"_aws":{}}\n', 'raw\n']);
  expect(lines[5]).toMatch(/^END RequestId/);
  expect([...cloud.logs.groups]).toEqual(['/aws/lambda/tested']);
});

test('the environment names the function, its place and its key', async () => {
  const { payload } = await run(
    'export const handler = async () => process.env;',
    {},
    { Environment: { Variables: { STATE_TABLE: 'state' } }, MemorySize: 512 },
  );
  expect(payload).toMatchObject({
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'FN.tested',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
    AWS_LAMBDA_FUNCTION_NAME: 'tested',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/tested',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    _HANDLER: 'functions/test/handler.handler',
    STATE_TABLE: 'state',
  });
  expect(payload).not.toHaveProperty('HOME');
});

test('module state outlives an invocation, and ends with a change of configuration', async () => {
  await deploy(cloud, 'tested', 'let count = 0; export const handler = async () => ++count;');
  expect((await invoke(cloud, 'tested')).payload).toBe(1);
  expect((await invoke(cloud, 'tested')).payload).toBe(2);
  await cloud.call('lambda', 'UpdateFunctionConfiguration', { FunctionName: 'tested', Timeout: 5 });
  expect((await invoke(cloud, 'tested')).payload).toBe(1);
});

test('what a bundle sets globally stays with it', async () => {
  const source = 'export const handler = async () => { globalThis.leak = 1; return globalThis.leak; };';
  expect((await run(source)).payload).toBe(1);
  expect((globalThis as { leak?: number }).leak).toBeUndefined();
});

test('a thrown error is answered as Lambda does, without frames of the runtime', async () => {
  const { payload, functionError, log } = await run(
    'export const handler = async () => { throw new RangeError("too much"); };',
  );
  expect(functionError).toBe('Unhandled');
  expect(payload).toMatchObject({ errorType: 'RangeError', errorMessage: 'too much' });
  const { trace } = payload as { trace: string[] };
  expect(trace[0]).toBe('RangeError: too much');
  expect(trace[1]).toContain('/var/task/functions/test/handler.js');
  expect(trace.join()).not.toContain(process.cwd());
  expect(log).toContain('\tERROR\tInvoke Error \t{"errorType":"RangeError"');
});

test.each([
  ['throws while it loads', 'throw new TypeError("at load"); export const handler = 1;', 'TypeError'],
  ['exports no handler', 'export const other = 1;', 'Runtime.HandlerNotFound'],
  [
    'still calls back',
    'export const handler = (_e, _c, callback) => callback(null, 1);',
    'Runtime.CallbackHandlerDeprecated',
  ],
  [
    'requires what is not there',
    'const name = "nowhere"; require(name); export const handler = 1;',
    'Runtime.ImportModuleError',
  ],
])('a bundle that %s fails each invocation', async (_title, source, errorType) => {
  const first = await run(source);
  expect(first.payload).toMatchObject({ errorType });
  expect((await invoke(cloud, 'tested')).payload).toMatchObject({ errorType });
});

test('older runtimes may call back', async () => {
  const source = 'export const handler = (event, _context, callback) => { callback(null, event.n + 1); };';
  expect((await run(source, { n: 1 }, { Runtime: 'nodejs22.x' })).payload).toBe(2);
});

test('after process.exit the next invocation gets a new environment', async () => {
  const { payload } = await run(
    'let count = 0; export const handler = async (event) => { count++; if (event.exit) process.exit(1); return count; };',
    { exit: true },
  );
  expect(payload).toMatchObject({ errorMessage: 'Runtime exited with error: exit status 1' });
  expect((await invoke(cloud, 'tested')).payload).toBe(1);
});
