import { parseFault } from '@tidegate/embedded-aws/faults';
import type { DeployedService } from '../../../rehearsal/run/deployed-stack.ts';
import { outOfBounds, unaccounted, writtenLimits } from '../../../reliability/faults/judge.ts';
import { CallRecord, type LimitWrite } from '../../../reliability/faults/record.ts';
import { faultPlan } from '../../../reliability/soak/plan.ts';
import { policySchema } from '../../../shared/policy/schema/policy-schema.ts';
import type { Decision } from '../../../shared/state/decisions.ts';

const T0 = Date.UTC(2031, 0, 1);
const service: DeployedService = {
  apiId: 'abc',
  stageName: 'dev',
  stateTable: 'state',
  parameterPrefix: '/tidegate/dev',
  stageLimit: { rateRps: 100, burst: 250 },
  tiers: { basic: { planId: 'planB', rateRps: 5, burst: 10 } },
};
const policy = policySchema.parse({ api: 'abc/dev', guardrails: { leastRateRps: 0.5 } });
const record = new CallRecord({ now: () => T0 } as ConstructorParameters<typeof CallRecord>[0]);
const judged = { service, policy, record };

const patch = (path: string, value: unknown) => ({ op: 'replace' as const, path, value: String(value) });
const stageWrite = (rate: unknown, burst: unknown, atMs = T0): LimitWrite => ({
  operation: 'UpdateStage',
  by: 'control',
  atMs,
  patchOperations: [patch('/*/*/throttling/rateLimit', rate), patch('/*/*/throttling/burstLimit', burst)],
});
const planWrite = (rate: unknown, burst: unknown, atMs = T0, by = 'planWriter'): LimitWrite => ({
  operation: 'UpdateUsagePlan',
  by,
  atMs,
  planId: 'planB',
  patchOperations: [patch('/throttle/rateLimit', rate), patch('/throttle/burstLimit', burst)],
});
const decided = (atMs: number, stageRps: number, basicRps: number) =>
  ({
    atMs,
    after: {
      stage: { '*/*': { rateRps: stageRps, burst: 25 } },
      tiers: { basic: { rateRps: basicRps, burst: 5 } },
    },
  }) as unknown as Decision;

const limitsOf = (...writes: LimitWrite[]) => writtenLimits(service, writes).limits;

test.each([
  [0, 25],
  [Number.NaN, 25],
  [-1, 25],
  [0.4, 25],
  [101, 25],
  [50, 0],
  [50, 1.5],
  [50, 251],
  ['', 25],
])('a stage of %p and %p is out of bounds', (rate, burst) => {
  expect(outOfBounds(judged, limitsOf(stageWrite(rate, burst)))).toHaveLength(1);
});

test('what is within the least rate and the deployed baseline is not', () => {
  expect(outOfBounds(judged, limitsOf(stageWrite(0.5, 1), stageWrite(100, 250), planWrite(5, 10)))).toEqual([]);
  expect(outOfBounds(judged, limitsOf(planWrite(5.1, 10)))).toHaveLength(1);
});

test('half a limit, and a path that is none of a throttle, are complained of', () => {
  const half: LimitWrite = { ...stageWrite(1, 1), patchOperations: [patch('/*/*/throttling/rateLimit', 5)] };
  expect(outOfBounds(judged, limitsOf(half))).toHaveLength(1);
  const other: LimitWrite = { ...stageWrite(1, 1), patchOperations: [patch('/deploymentId', 'x')] };
  expect(writtenLimits(service, [other]).complaints).toEqual(['control patched replace /deploymentId']);
});

test('a developer may write what he likes', () => {
  expect(limitsOf({ ...stageWrite(0, 0), by: 'developer' })).toEqual([]);
});

test('a stage write is accounted for by a decision of its tick, or of the one that makes it good', () => {
  const limits = limitsOf(stageWrite(50, 25));
  expect(unaccounted(judged, limits, [decided(T0, 50, 1)])).toEqual([]);
  expect(unaccounted(judged, limits, [decided(T0 + 120_000, 50, 1)])).toEqual([]);
  expect(unaccounted(judged, limits, [])).toHaveLength(1);
  expect(unaccounted(judged, limits, [decided(T0, 49, 1)])).toHaveLength(1);
  expect(unaccounted(judged, limits, [decided(T0 - 60_000, 50, 1)])).toHaveLength(1);
});

test('a plan write by a decision that is not older than the backlog may be', () => {
  const limits = limitsOf(planWrite(2, 5));
  expect(unaccounted(judged, limits, [decided(T0 - 300_000, 50, 2)])).toEqual([]);
  expect(unaccounted(judged, limits, [decided(T0 - 700_000, 50, 2)])).toHaveLength(1);
});

test('the fail-safe is accounted for by its own word, and may write the baseline alone', () => {
  const raised = limitsOf(planWrite(5, 10, T0, 'failSafe'));
  expect(unaccounted(judged, raised, [decided(T0, 50, 5)])).toHaveLength(1);
  record.announcements.push({ by: 'failSafe', atMs: T0 + 10 });
  expect(unaccounted(judged, raised, [])).toEqual([]);
  expect(unaccounted(judged, limitsOf(planWrite(4, 10, T0, 'failSafe')), [])).toHaveLength(1);
});

test("a soak's faults follow from its seed, can be read, and leave the end of every hour alone", () => {
  const plan = faultPlan(7, 24);
  expect(faultPlan(7, 24)).toEqual(plan);
  expect(faultPlan(8, 24)).not.toEqual(plan);
  expect(plan.length).toBeGreaterThan(48);
  for (const { fromMs, toMs } of plan.map((text) => parseFault(text))) {
    expect(Math.floor(fromMs / 3_600_000)).toBe(Math.floor(toMs / 3_600_000));
    expect(toMs % 3_600_000).toBeLessThanOrEqual(3_000_000);
  }
});
