import { join } from 'node:path';
import type { Deployed } from '../../rehearsal/deploy/in-process-deploy.ts';
import { deployedInProcess } from '../../rehearsal/deploy/in-process-deploy.ts';
import { typed } from '../support/e2e/command-line.ts';
import { decisionsSince } from '../support/e2e/decisions.ts';
import { asDeveloper, live } from '../support/e2e/deployed.ts';
import { stageLimit } from '../support/e2e/gateway.ts';
import { tidegate } from '../support/e2e/tidegate.ts';

const OVERRIDE = '/tidegate/dev/overrides/default';
const PROGRAM = join(__dirname, '../../cli/tidegate.ts');

jest.setTimeout(120_000);

let target: Deployed;
beforeAll(async () => {
  target = await deployedInProcess();
  await live(target.cloud, 90);
});
afterAll(() => target.cloud.close());

const put = (Name: string, Value: string, more: object = {}) =>
  asDeveloper(target.cloud, 'ssm', 'PutParameter', { Name, Value, Type: 'String', Overwrite: true, ...more });

const inAnHour = () => new Date(target.cloud.clock.now() + 3_600_000).toISOString();

async function document(): Promise<unknown> {
  const input = { Name: OVERRIDE };
  const { Parameter } = await asDeveloper<{ Parameter: { Value: string } }>(target.cloud, 'ssm', 'GetParameter', input);
  return JSON.parse(Parameter.Value);
}

async function status(...words: readonly string[]): Promise<string> {
  const { code, out } = await tidegate(target, 'status', ...words);
  expect(code).toBe(0);
  return out.join('\n');
}

/** Types `tidegate …` into a shell, while the cloud's time passes. */
async function typedIntoShell(...words: readonly string[]) {
  const ending = typed(target.cloud.endpoint, process.execPath, PROGRAM, ...words);
  let isOver = false;
  void ending.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    await live(target.cloud, 1);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return await ending;
}

test('nothing to resume, and what is in force', async () => {
  expect(await tidegate(target, 'resume')).toMatchObject({
    code: 0,
    out: [`Nothing to resume: there is no parameter ${OVERRIDE}.`],
  });
  expect(JSON.parse(await status('--json'))).toMatchObject({ api: `${target.service.apiId}/dev`, switch: 'run' });
  const words = await status();
  expect(words).toContain(`API       ${target.service.apiId}/dev`);
  expect(words).toMatch(/^Policy {4}active version 1$/m);
  expect(words).toMatch(/^Override {2}none$/m);
  expect(words).toMatch(/^Stage {5}\*\/\* 2000\/\d+/m);
});

test('kill ends when it is carried out, and shows from where to where; then what is in force', async () => {
  const killed = await tidegate(target, 'kill', '--reason', 'fire');
  expect(killed).toMatchObject({ code: 0, err: '' });
  expect(killed.seconds).toBeLessThan(5);
  expect(killed.out).toEqual([
    `kill: ${OVERRIDE} version 1.`,
    expect.stringMatching(/^Carried out at \S+Z: brake \(override-kill\), stage written\.$/),
    expect.stringMatching(/^Stage \*\/\* 2000\/\d+ -> 100\/25$/),
  ]);
  expect(stageLimit(target)).toEqual({ rateRps: 100, burst: 25 });
  const words = await status();
  expect(words).toMatch(/^Override {2}kill, version 1, put .*Z by arn:aws:iam::123456789012:root$/m);
  expect(words).toMatch(/^Decision {2}brake \(override-kill\), \d+ s ago, mode enforce, stage written$/m);
});

test('pin, which replaces it, and resume, each shown as soon as it is carried out', async () => {
  const until = inAnHour();
  const pinned = await tidegate(target, 'pin', 'stage=300/30', 'basic=20/40', '--until', until, '--nag-after', '2h');
  expect(pinned.code).toBe(0);
  expect(pinned.out[0]).toBe(`pin: ${OVERRIDE} version 2.`);
  expect(pinned.out[1]).toMatch(/^The new version replaces kill \(version 1, put \d{4}-.*Z\)\.$/);
  expect(pinned.out).toContain('Stage */* 100/25 -> 300/30');
  expect(pinned.out.find((line) => line.startsWith('Plan basic'))).toMatch(/ -> 20\/40$/);
  expect(await document()).toEqual({
    action: 'pin',
    until,
    stage: { rateRps: 300, burst: 30 },
    tiers: { basic: { rateRps: 20, burst: 40 } },
    nagAfterSeconds: 7200,
  });
  expect(stageLimit(target)).toEqual({ rateRps: 300, burst: 30 });
  const resumed = await tidegate(target, 'resume', '--reason', 'all is well');
  expect(resumed.code).toBe(0);
  expect(resumed.out[2]).toMatch(/^Carried out at \S+Z: \w+ \(override-over\), stage \w+\.$/);
  expect(await document()).toEqual({ action: 'resume', reason: 'all is well' });
});

test('typed into a shell it does the same', async () => {
  const { code, out, err } = await typedIntoShell('kill');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(
    /^kill: .* version 4\.\nThe new version replaces resume .*\nCarried out at .*stage written\.\nStage .* -> 100\/25\n$/,
  );
});

test.each([
  [['kill', '--name', 'defualt'], '--name: there is no policy "defualt". Policies of this stage: default.'],
  [['pin', 'gold=5/5', '--for', '5m'], 'tiers.gold: expected one of premium, standard, basic, internal'],
  [['pin', 'stage=1000000/5000', '--for', '5m'], 'stage: expected at most the deployed baseline, 2000/'],
  [['pin', 'stage=5/5', '--until', '9999-01-01T00:00:00Z'], 'until: expected a time at most 7 days after the edit'],
])('tidegate %j is refused before anything is written', async (words, why) => {
  const before = await document();
  const { code, out, err } = await tidegate(target, ...words);
  expect(err).toContain(why);
  expect([out, code > 0]).toEqual([[], true]);
  expect(await document()).toEqual(before);
});

test('a pin above the baseline is carried out with the word for it, and announced', async () => {
  const high = await tidegate(target, 'pin', 'basic=120/240', '--for', '5m', '--above-baseline');
  expect(high.code).toBe(0);
  expect(await status()).toContain('exceeds the deployed baseline: tiers.basic at 120/240 instead of 100/');
});

test('a policy for an API that is not governed: status says why, and a brake of its name ends with 1', async () => {
  await put('/tidegate/dev/policies/legacy', '{"api":"zzzzzzzzzz/live"}');
  await live(target.cloud, 8);
  const words = await status('--name', 'legacy');
  expect(words).toMatch(/^API {7}none: this policy name governs no API$/m);
  expect(words).toContain('Policy    no version is in force, newest 1 refused: The policy was refused: 1 problem.');
  expect(words).toContain(`api: expected the API that this stack deployed, ${target.service.apiId}/dev`);
  expect(await status()).toContain('Refused   documents of other policies: legacy (see tidegate status --name legacy)');
  const { code, out, err } = await tidegate(target, 'kill', '--name', 'legacy');
  expect({ code, out }).toEqual({ code: 1, out: [] });
  expect(err).toContain('"legacy" governs no API');
  expect(err).toContain(`Policies that govern an API: default (${target.service.apiId}/dev).`);
  await asDeveloper(target.cloud, 'ssm', 'DeleteParameter', { Name: '/tidegate/dev/policies/legacy' });
});

test('a refused policy and a refused override are shown with what is in force in their place', async () => {
  for (const name of ['policies', 'overrides']) await put(`/tidegate/dev/${name}/default`, '{"api":1,"acton":2}');
  await live(target.cloud, 65);
  const words = await status();
  expect(words).toContain('Policy    active version 1, newest 2 refused: The policy was refused: 2 problems.');
  expect(words).toMatch(/^Override {2}pin, version 5, .*; newest 6 refused: The override was refused/m);
  expect(words).toContain('action: expected one of "pause", "pin", "kill", "resume"');
});

test('a kill put as SecureString is carried out; under a key that control may not use it is refused by that name', async () => {
  await put(OVERRIDE, '{"action":"kill"}', { Type: 'SecureString' });
  await live(target.cloud, 8);
  expect(stageLimit(target)?.rateRps).toBe(100);
  expect(await status()).toMatch(/^Override {2}kill, version 7/m);
  const { KeyMetadata } = await asDeveloper<{ KeyMetadata: { KeyId: string } }>(target.cloud, 'kms', 'CreateKey', {});
  await put(OVERRIDE, '{"action":"resume"}', { Type: 'SecureString', KeyId: KeyMetadata.KeyId });
  await asDeveloper(target.cloud, 'kms', 'DisableKey', { KeyId: KeyMetadata.KeyId });
  await live(target.cloud, 65);
  const words = await status();
  expect(words).toMatch(
    /^Override {2}kill, version 7, .*; newest 8 refused: The parameter is a SecureString that could not be/m,
  );
  expect(stageLimit(target)?.rateRps).toBe(100);
});

test('a switch that cannot be decrypted holds everything but a kill, and says so', async () => {
  const { KeyMetadata } = await asDeveloper<{ KeyMetadata: { KeyId: string } }>(target.cloud, 'kms', 'CreateKey', {});
  await put('/tidegate/dev/switch', 'run', { Type: 'SecureString', KeyId: KeyMetadata.KeyId });
  await asDeveloper(target.cloud, 'kms', 'DisableKey', { KeyId: KeyMetadata.KeyId });
  const sinceMs = target.cloud.clock.now();
  await put(OVERRIDE, '{"action":"resume"}', { Type: 'String' });
  await live(target.cloud, 65);
  const decisions = await decisionsSince(target, sinceMs);
  expect(decisions.find(({ rule }) => rule === 'switch-rejected')?.reason).toContain('The parameter is a SecureString');
  expect(await status()).toMatch(/^Decision {2}hold \(paused\)/m);
  expect((await tidegate(target, 'kill', '--floor', '9/3')).code).toBe(0);
  expect(stageLimit(target)?.rateRps).toBe(9);
  await put('/tidegate/dev/switch', 'run', { Type: 'String' });
});

test('nothing went wrong unseen', () => {
  expect(target.failures).toEqual([]);
});

test('without control, it says after ten seconds how to brake by hand, and ends with 1 after a minute', async () => {
  const off = { FunctionName: 'tidegate-dev-control', ReservedConcurrentExecutions: 0 };
  await asDeveloper(target.cloud, 'lambda', 'PutFunctionConcurrency', off);
  const { code, err, seconds } = await tidegate(target, 'kill', '--floor', '7/3');
  expect(code).toBe(1);
  expect(seconds).toBeGreaterThanOrEqual(60);
  expect(err).toContain('but not carried out after 10 s');
  expect(err).toContain(
    `aws apigateway update-stage --rest-api-id ${target.service.apiId} --stage-name dev --region us-east-1 --patch-operations ` +
      `'op=replace,path=/*/*/throttling/rateLimit,value=7' 'op=replace,path=/*/*/throttling/burstLimit,value=3'`,
  );
  expect(err).toContain('The kill was not carried out within 60 s');
  expect(await document()).toEqual({ action: 'kill', floor: { rateRps: 7, burst: 3 } });
});
