import type { Deployed } from '../../rehearsal/deploy/in-process-deploy.ts';
import { deployedInProcess } from '../../rehearsal/deploy/in-process-deploy.ts';
import { policySchema } from '../../shared/policy/schema/policy-schema.ts';
import type { Decision } from '../../shared/state/decisions.ts';
import { decisionsSince } from '../support/e2e/decisions.ts';
import { asDeveloper, live } from '../support/e2e/deployed.ts';
import { stageLimit, stageWritesOfControl, writeStage } from '../support/e2e/gateway.ts';

const POLICY = '/tidegate/dev/policies/default';
const OVERRIDE = '/tidegate/dev/overrides/default';
const DEVELOPER_ARN = 'arn:aws:iam::123456789012:root';
/** The parameter's event, its delivery, the tick, and API Gateway's answer. */
const REACTION_SECONDS = 3;
const KILL_FLOOR_RPS = 100;

// An hour of virtual time may take longer than five seconds on a machine that does other things.
jest.setTimeout(60_000);

let target: Deployed;
beforeAll(async () => {
  target = await deployedInProcess();
  await live(target.cloud, 90);
});
afterAll(() => target.cloud.close());

const put = (Name: string, document: object | string) =>
  asDeveloper<{ Version: number }>(target.cloud, 'ssm', 'PutParameter', {
    Name,
    Value: typeof document === 'string' ? document : JSON.stringify(document),
    Type: 'String',
    Overwrite: true,
  });

/** Puts the override, and tells what was decided from then on within so many seconds, orders apart. */
async function braked(document: object | string, seconds = REACTION_SECONDS) {
  const sinceMs = target.cloud.clock.now();
  const { Version } = await put(OVERRIDE, document);
  await live(target.cloud, seconds);
  const decisions = await decisionsSince(target, sinceMs);
  const isNotice = ({ rule }: Decision) => /-(ordered|rejected)$/.test(rule);
  return {
    version: Version,
    notices: decisions.filter(isNotice),
    decisions: decisions.filter((each) => !isNotice(each)),
  };
}

const inSeconds = (seconds: number) => new Date(target.cloud.clock.now() + seconds * 1000).toISOString();
const stageRate = () => stageLimit(target)?.rateRps ?? 0;

function planRate(tier: string): number {
  const { apiId, stageName, tiers } = target.service;
  const { plans } = target.cloud.services.apigateway.currentLimits(apiId, stageName);
  return plans[tiers[tier]?.planId ?? '']?.throttle?.rateRps ?? 0;
}

async function alarmState(name = 'override-overdue'): Promise<string | undefined> {
  const AlarmNames = [`tidegate-dev-${name}`];
  const { MetricAlarms } = await asDeveloper<{ MetricAlarms: { StateValue: string }[] }>(
    target.cloud,
    'monitoring',
    'DescribeAlarms',
    { AlarmNames },
  );
  return MetricAlarms[0]?.StateValue;
}

interface Write {
  readonly atMs: number;
  readonly rateRps: number;
}

/** The stage rates that control wrote, from an instant on. */
function ratesWritten(sinceMs: number): Write[] {
  return stageWritesOfControl(target).flatMap(({ atMs, patchOperations }) => {
    const rate = patchOperations.find(({ path }) => path === '/*/*/throttling/rateLimit')?.value;
    return atMs >= sinceMs && rate !== undefined ? [{ atMs, rateRps: Number(rate) }] : [];
  });
}

/** Resumes, and lives until the stage has come to rest. */
async function resumed(): Promise<Write[]> {
  const sinceMs = target.cloud.clock.now();
  const first = { atMs: sinceMs, rateRps: stageRate() };
  await braked({ action: 'resume' });
  for (let minutes = 0, before = 0; minutes < 40 && before !== stageRate(); minutes++) {
    before = stageRate();
    await live(target.cloud, 60);
  }
  return [first, ...ratesWritten(sinceMs)];
}

/** No raise is larger than the policy allows, nor sooner after the last write than it allows. */
function expectSteps(writes: readonly Write[]): void {
  const { largestStepUpShare, raiseCooldownSeconds } = policySchema.parse({ api: 'a/b' }).guardrails;
  expect(writes.length).toBeGreaterThan(2);
  for (const [index, { atMs, rateRps }] of writes.slice(1).entries()) {
    const before = writes[index] ?? { atMs: 0, rateRps: 0 };
    expect(rateRps).toBeLessThanOrEqual(before.rateRps * (1 + largestStepUpShare) + 0.01);
    if (index > 0) expect(atMs - before.atMs).toBeGreaterThanOrEqual(raiseCooldownSeconds * 1000);
  }
}

test('pause keeps every present value, also one that a human changes, and the heart goes on', async () => {
  const { decisions, notices } = await braked({ action: 'pause', reason: 'a migration' });
  expect(notices[0]).toMatchObject({ rule: 'override-pause-ordered', trigger: 'parameter' });
  expect(notices[0]?.reason).toContain(`by ${DEVELOPER_ARN}`);
  expect(decisions[0]).toMatchObject({ kind: 'hold', rule: 'override-pause', mode: 'paused', trigger: 'parameter' });
  await writeStage(target, { rateRps: 1234, burst: 56 });
  const writes = stageWritesOfControl(target).length;
  await live(target.cloud, 300);
  expect(stageWritesOfControl(target)).toHaveLength(writes);
  expect(stageLimit(target)).toEqual({ rateRps: 1234, burst: 56 });
});

test('resume leads back from the live value', async () => {
  const [first, ...writes] = await resumed();
  expect(first?.rateRps).toBe(1234);
  expect(writes.at(-1)?.rateRps).toBe(2000);
});

test('kill takes the stage to its floor within seconds, though telemetry has told nothing for minutes', async () => {
  const { decisions } = await braked({ action: 'kill' });
  expect(stageRate()).toBe(KILL_FLOOR_RPS);
  expect(decisions[0]).toMatchObject({ kind: 'brake', rule: 'override-kill', stageOutcome: 'written' });
  // A deploy resets the stage: it is killed again.
  await writeStage(target, target.service.stageLimit);
  await live(target.cloud, 60);
  expect(stageRate()).toBe(KILL_FLOOR_RPS);
});

test('a broken policy, and a broken override, change nothing about a kill', async () => {
  await put(POLICY, '{ "api": ');
  const { decisions, notices } = await braked('{ "action": "resume", }', 65);
  expect(notices.map(({ rule }) => rule)).toContain('override-rejected');
  expect(decisions.at(-1)).toMatchObject({ rule: 'override-kill', policy: { version: 1 } });
  expect(stageRate()).toBe(KILL_FLOOR_RPS);
});

test('resume after a kill climbs in steps of the guardrail, and ends under control', async () => {
  const writes = await resumed();
  expectSteps(writes);
  expect(writes[0]?.rateRps).toBe(KILL_FLOOR_RPS);
  expect(writes.at(-1)?.rateRps).toBe(2000);
  const { decisions } = await braked({ action: 'resume' }, 61);
  expect(decisions.at(-1)?.rule).not.toMatch(/^override/);
});

test('a pin holds a tier until its time, then ends by itself', async () => {
  const until = inSeconds(300);
  await braked({ action: 'pin', until, tiers: { basic: { rateRps: 20, burst: 40 } } }, 60);
  expect(planRate('basic')).toBe(20);
  expect(planRate('premium')).toBe(2000);
  await live(target.cloud, 200);
  expect(planRate('basic')).toBe(20);
  const sinceMs = target.cloud.clock.now();
  await live(target.cloud, 120);
  expect((await decisionsSince(target, sinceMs)).map(({ rule }) => rule)).toContain('override-over');
  expect(planRate('basic')).toBe(100);
});

test('a pin of the stage holds it against the law', async () => {
  await braked({ action: 'pin', until: inSeconds(600), stage: { rateRps: 321, burst: 32 } });
  expect(stageLimit(target)).toEqual({ rateRps: 321, burst: 32 });
  await live(target.cloud, 120);
  expect(stageLimit(target)).toEqual({ rateRps: 321, burst: 32 });
});

test('a brake that lasts too long rings, and resume ends the ringing', async () => {
  await braked({ action: 'pause', nagAfterSeconds: 120 });
  await live(target.cloud, 90);
  expect(await alarmState()).toBe('OK');
  await live(target.cloud, 240);
  expect(await alarmState()).toBe('ALARM');
  await braked({ action: 'resume' });
  await live(target.cloud, 300);
  expect(await alarmState()).toBe('OK');
});

test('without a policy that was ever good, a kill works all the same', async () => {
  await asDeveloper(target.cloud, 'ssm', 'DeleteParameter', { Name: POLICY });
  await live(target.cloud, 120);
  const { decisions } = await braked({ action: 'kill', floor: { rateRps: 7, burst: 3 } });
  expect(stageLimit(target)).toEqual({ rateRps: 7, burst: 3 });
  expect(decisions[0]).toMatchObject({ policy: { name: POLICY, version: 0 } });
  const writes = await resumed();
  expectSteps(writes);
  expect(writes.at(-1)?.rateRps).toBe(2000);
});

test('when policy and override are both deleted during a kill, the stage comes back in steps, and nothing rings', async () => {
  const { apiId, stageName } = target.service;
  await put(POLICY, { api: `${apiId}/${stageName}`, mode: 'enforce' });
  await live(target.cloud, 120);
  await braked({ action: 'kill', floor: { rateRps: 5, burst: 2 } });
  const sinceMs = target.cloud.clock.now();
  for (const Name of [POLICY, OVERRIDE]) await asDeveloper(target.cloud, 'ssm', 'DeleteParameter', { Name });
  for (let minute = 0; minute < 30; minute++) {
    await live(target.cloud, 60);
    expect(await alarmState('heartbeat-missing')).toBe('OK');
  }
  expectSteps([{ atMs: sinceMs, rateRps: 5 }, ...ratesWritten(sinceMs)]);
  expect(stageLimit(target)).toEqual(target.service.stageLimit);
  const decisions = await decisionsSince(target, sinceMs);
  expect(decisions[0]).toMatchObject({ rule: 'override-over', policy: { name: POLICY } });
  expect(decisions.at(-1)).toMatchObject({ rule: 'released' });
  const writers = target.cloud.services.apigateway.acceptedWrites.filter(({ atMs }) => atMs >= sinceMs);
  expect(writers.map(({ caller }) => caller)).not.toContain('tidegate-dev-failSafe');
});

test('nothing went wrong unseen', () => {
  expect(target.failures).toEqual([]);
});
