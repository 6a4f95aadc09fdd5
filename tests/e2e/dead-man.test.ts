import type { AcceptedWrite } from '@tidegate/embedded-aws';
import type { Deployed } from '../../rehearsal/deploy/in-process-deploy.ts';
import { deployedInProcess } from '../../rehearsal/deploy/in-process-deploy.ts';
import type { Scenario } from '../../rehearsal/world/scenario.ts';
import { capacityDrop } from '../../rehearsal/world/scenarios/capacity-drop.ts';
import type { Limit } from '../../shared/limits/limit.ts';
import type { Limits } from '../../shared/limits/limits.ts';
import { policySchema } from '../../shared/policy/schema/policy-schema.ts';
import { DeadControl } from '../support/e2e/dead-control.ts';
import { decisionsSince } from '../support/e2e/decisions.ts';
import { asDeveloper } from '../support/e2e/deployed.ts';
import { rehearse, SCALE } from '../support/e2e/rehearsal.ts';

const POLICY = { mode: 'enforce', methodCost: { '/orders/POST': 4 } };
const TOPIC = 'arn:aws:sns:us-east-1:123456789012:tidegate-dev-alarms';
const ONSET_SECOND = 60;
const KILLED_SECOND = 170;
const MINUTE_MS = 60_000;
/** How much of the stage's rate one step may take, and add. */
const { largestStepDownShare, largestStepUpShare } = policySchema.parse({ api: 'any/dev', ...POLICY }).guardrails;

/** The backend loses most of its capacity, control brakes and dies, and the backend then has `later` of it. */
function incident(later: number, durationSeconds: number): Scenario {
  const capacity = (second: number) => (second < ONSET_SECOND ? 2200 : second < KILLED_SECOND ? 660 : later);
  const backend = { ...capacityDrop.backend, capacity };
  return { ...capacityDrop, onsetSeconds: ONSET_SECOND, durationSeconds, backend };
}

interface Run {
  readonly target: Deployed;
  /** In force at the end of every second. */
  readonly limits: readonly Limits[];
  readonly killedMs: number;
  readonly alarmMs: number;
  readonly backMs: number;
  readonly notices: readonly { readonly kind: string; readonly rule: string; readonly reason: string }[];
}

async function run(later: number, backSecond: number, endSecond: number): Promise<Run> {
  const target = await deployedInProcess({ limitScale: SCALE });
  const { aws, clock, services } = target.cloud;
  const control = new DeadControl(aws);
  const limits: Limits[] = [];
  const at = { killedMs: 0, backMs: 0 };
  await rehearse(target, {
    scenario: incident(later, endSecond),
    policy: POLICY,
    epochMs: null,
    onSecond: async ({ snapshot: { second }, limits: present }) => {
      limits.push(present);
      if (second === KILLED_SECOND) {
        control.isDead = true;
        at.killedMs = clock.now();
      }
      if (second === backSecond) {
        control.isDead = false;
        at.backMs = clock.now();
      }
    },
  });
  const notices = services.sns.publishedTo(TOPIC).flatMap(({ message }) => {
    const event = JSON.parse(message) as { source?: string; detail: Run['notices'][number] };
    return event.source === 'tidegate.fail-safe' ? [event.detail] : [];
  });
  return { target, limits, ...at, alarmMs: await alarmMs(target), notices };
}

/** When the heartbeat alarm rang. */
async function alarmMs({ cloud }: Deployed): Promise<number> {
  const { AlarmHistoryItems } = await asDeveloper<{ AlarmHistoryItems: { Timestamp: Date; HistorySummary: string }[] }>(
    cloud,
    'monitoring',
    'DescribeAlarmHistory',
    { AlarmName: 'tidegate-dev-heartbeat-missing', HistoryItemType: 'StateUpdate' },
  );
  const rung = AlarmHistoryItems.filter(({ HistorySummary }) => HistorySummary.endsWith('OK to ALARM'));
  return rung.length === 1 ? (rung[0]?.Timestamp.getTime() ?? 0) : 0;
}

const writesOf = ({ target }: Run, caller: string): AcceptedWrite[] =>
  target.cloud.services.apigateway.acceptedWrites.filter((write) => write.caller === `tidegate-dev-${caller}`);

/**
 * The largest part that one write of control's took from a method's stage rate, and added, on the way back from where it
 * found the stage. Ticks may follow one another closely, for the schedule's events of the silence arrive late: each
 * step is one of its own.
 */
async function largestSteps({ target, backMs }: Run): Promise<{ down: number; up: number }> {
  const written = (await decisionsSince(target, backMs)).filter(
    ({ rule, stageOutcome }) => rule === 'override-over' && stageOutcome === 'written',
  );
  expect(written.length).toBeGreaterThan(0);
  let [down, up] = [0, 0];
  for (const { before, after } of written) {
    for (const [method, { rateRps }] of Object.entries(after?.stage ?? {})) {
      const was = (before?.stage[method] ?? before?.stage['*/*'])?.rateRps ?? rateRps;
      down = Math.max(down, 1 - rateRps / was);
      up = Math.max(up, rateRps / was - 1);
    }
  }
  return { down, up };
}

/** Rates are written with two decimals, which is a part of a small one. */
const ROUNDING = 0.06;

describe('control dies in the middle of a brake, and the backend is well again', () => {
  let healed: Run;
  beforeAll(async () => {
    healed = await run(2200, 660, 800);
  }, 120_000);
  afterAll(() => healed?.target.cloud.close());

  const stageWrite = () => writesOf(healed, 'failSafe').find(({ operation }) => operation === 'UpdateStage');
  const planWrites = () => writesOf(healed, 'failSafe').filter(({ operation }) => operation === 'UpdateUsagePlan');

  test('the alarm rings when three minutes were missed, not later', () => {
    const missedFromMs = (Math.floor(healed.killedMs / MINUTE_MS) + 1) * MINUTE_MS;
    expect(healed.alarmMs - missedFromMs).toBeGreaterThanOrEqual(3 * MINUTE_MS);
    expect(healed.alarmMs - missedFromMs).toBeLessThanOrEqual(4 * MINUTE_MS);
  });

  test('at most three minutes after the alarm the stage is at its baseline, every override with it', () => {
    expect((stageWrite()?.atMs ?? Number.POSITIVE_INFINITY) - healed.alarmMs).toBeLessThanOrEqual(3 * MINUTE_MS);
    const { stageLimit } = healed.target.service;
    const { stage } = healed.limits[KILLED_SECOND + Math.floor((healed.backMs - healed.killedMs) / 1000)] ?? {};
    expect(Object.keys(stage ?? {}).length).toBeGreaterThan(1);
    for (const limit of Object.values(stage ?? {})) expect(limit).toEqual(stageLimit);
  });

  test('then the braked plans follow, one every 20 s and a little, and none is refused', () => {
    const atMs = [stageWrite()?.atMs ?? 0, ...planWrites().map((write) => write.atMs)];
    expect(atMs.length).toBeGreaterThan(2);
    for (const [index, eachMs] of atMs.slice(1).entries()) {
      expect(eachMs - (atMs[index] ?? 0)).toBeGreaterThanOrEqual(20_000);
      expect(eachMs - (atMs[index] ?? 0)).toBeLessThan(23_000);
    }
    const refused = healed.target.cloud.services.apigateway.rejectedManagementCalls;
    expect(refused.filter(({ caller }) => caller === 'tidegate-dev-failSafe')).toEqual([]);
    const atReturn = healed.limits[KILLED_SECOND + Math.floor((healed.backMs - healed.killedMs) / 1000)];
    const plain = ({ rateRps, burst }: Limit): Limit => ({ rateRps, burst });
    for (const [tier, limit] of Object.entries(healed.target.service.tiers)) {
      expect([tier, atReturn?.tiers[tier]]).toEqual([tier, plain(limit)]);
    }
  });

  test('it says what it does, once: that the stage went up, and that all is done', () => {
    const raised = healed.notices.filter(({ kind }) => kind !== 'hold');
    expect(raised.map(({ kind }) => kind)).toEqual(['raise-stage', 'raise-plan']);
    expect(raised[1]?.reason).toContain('0 plans remain');
  });

  test('control is back: nobody else writes, and no step is larger than the guardrail’s', async () => {
    expect(writesOf(healed, 'failSafe').filter(({ atMs }) => atMs > healed.backMs)).toEqual([]);
    expect(writesOf(healed, 'control').filter(({ atMs }) => atMs > healed.backMs).length).toBeGreaterThan(0);
    const steps = await largestSteps(healed);
    expect(steps.down).toBeLessThanOrEqual(largestStepDownShare + ROUNDING);
    expect(steps.up).toBeLessThanOrEqual(largestStepUpShare + ROUNDING);
    expect(healed.target.failures).toEqual([]);
  });
});

describe('control dies in the middle of a brake, and the backend is still sick', () => {
  let sick: Run;
  beforeAll(async () => {
    sick = await run(200, 600, 700);
  }, 120_000);
  afterAll(() => sick?.target.cloud.close());

  test('the limits are held, and the operator is paged with the reason', () => {
    expect(writesOf(sick, 'failSafe')).toEqual([]);
    expect(sick.notices.map(({ kind, rule }) => `${kind}: ${rule}`)).toContain('hold: backend-unhealthy');
    const whileDead = sick.limits.slice(KILLED_SECOND + 60, KILLED_SECOND + 400);
    for (const limits of whileDead) expect(limits).toEqual(whileDead[0]);
  });

  test('control is back: it goes on from there, in steps', async () => {
    expect(writesOf(sick, 'control').filter(({ atMs }) => atMs > sick.backMs).length).toBeGreaterThan(0);
    const steps = await largestSteps(sick);
    expect(steps.down).toBeLessThanOrEqual(largestStepDownShare + ROUNDING);
    expect(steps.up).toBeLessThanOrEqual(largestStepUpShare + ROUNDING);
    expect(sick.target.failures).toEqual([]);
  });
});
