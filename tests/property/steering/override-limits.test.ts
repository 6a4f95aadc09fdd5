import fc from 'fast-check';
import { decimal } from '../../../embedded-aws/tests/support/even-decimal.ts';
import { writableLimits } from '../../../shared/limits/bounds.ts';
import type { Limit } from '../../../shared/limits/limit.ts';
import { type Limits, NO_LIMITS } from '../../../shared/limits/limits.ts';
import type { Override } from '../../../shared/policy/schema/override-schema.ts';
import { policySchema } from '../../../shared/policy/schema/policy-schema.ts';
import type { WayBack } from '../../../shared/state/way-back.ts';
import {
  emergencyFloor,
  type OverrideInput,
  underOverride,
} from '../../../shared/steering/override/override-limits.ts';

const limit: fc.Arbitrary<Limit> = fc.record({
  rateRps: decimal(0.1, 10_000),
  burst: fc.integer({ min: 1, max: 5000 }),
});
const limits: fc.Arbitrary<Limits> = fc.record({
  stage: fc
    .record({ '*/*': limit, '/orders/POST': fc.option(limit, { nil: undefined }) })
    .map((stage) => Object.fromEntries(Object.entries(stage).flatMap(([key, each]) => (each ? [[key, each]] : [])))),
  tiers: fc.record({ premium: limit, basic: limit }),
});
const until = '2031-05-01T12:30:00Z';
const override: fc.Arbitrary<Override | undefined> = fc.oneof(
  fc.constant(undefined),
  fc.constant({ action: 'pause' } as const),
  fc.record({ action: fc.constant('kill' as const) }),
  fc.record({ action: fc.constant('kill' as const), floor: limit }),
  fc.record({ action: fc.constant('pin' as const), until: fc.constant(until), stage: limit }),
  fc.record({ action: fc.constant('pin' as const), until: fc.constant(until), tiers: fc.record({ basic: limit }) }),
);
const wayBack: fc.Arbitrary<WayBack | undefined> = fc.option(
  fc.record({ restorePoint: limits, isStageAway: fc.boolean() }),
  {
    nil: undefined,
  },
);
const mode = fc.constantFrom('shadow' as const, 'advise' as const, 'enforce' as const);
const ACCOUNT = { rateRps: 10_000, burst: 5_000 };
const resting = { stage: { rateRps: 2000, burst: 5000 }, tiers: {} };

const input: fc.Arbitrary<OverrideInput> = fc
  .record({ live: limits, desired: limits, override, wayBack, mode, lastStageMs: fc.integer({ min: 0, max: 100_000 }) })
  .map(({ mode: each, ...rest }) => ({
    ...rest,
    policy: { ...policySchema.parse({ api: 'a/b' }), mode: each },
    ...{ left: [], account: ACCOUNT },
    resting,
    now: 100_000,
  }));

const stageOf = ({ stage }: Limits, method: string) => stage[method] ?? stage['*/*'];

test('whatever the override, limits are numbers that can be limits', () => {
  fc.assert(
    fc.property(input, (each) => {
      const { limits: wanted } = underOverride(each);
      for (const { rateRps, burst } of [...Object.values(wanted.stage), ...Object.values(wanted.tiers)]) {
        expect(rateRps).toBeGreaterThanOrEqual(0.05);
        expect(Number.isFinite(rateRps) && Number.isInteger(burst) && burst >= 1).toBe(true);
      }
    }),
  );
});

test('a pause changes nothing and writes nothing', () => {
  fc.assert(
    fc.property(input, (each) => {
      const ruled = underOverride({ ...each, override: { action: 'pause' } });
      expect(ruled).toMatchObject({ limits: each.live, writes: 'never' });
    }),
  );
});

test('a kill is at the floor at once, whatever the law wants, never raises, and leaves the plans', () => {
  fc.assert(
    fc.property(input, limit, (each, floor) => {
      const kill = { action: 'kill', floor } as const;
      const { limits: wanted, writes } = underOverride({ ...each, override: kill });
      expect(writes).toBe('always');
      expect(wanted.tiers).toEqual(each.live.tiers);
      for (const [method, { rateRps, burst }] of Object.entries(wanted.stage)) {
        expect(rateRps).toBe(Math.min(floor.rateRps, each.live.stage[method]?.rateRps ?? 0));
        expect(burst).toBeLessThanOrEqual(floor.burst);
      }
    }),
  );
});

test('what a brake replaces is noted before it is written, and never overwritten by a later brake', () => {
  fc.assert(
    fc.property(input, (each) => {
      const { wayBack: noted } = underOverride(each);
      const { override: brake, wayBack: before, live } = each;
      if (brake?.action === 'kill') expect(Object.keys(noted?.restorePoint.stage ?? {}).length).toBeGreaterThan(0);
      if (before && Object.keys(before.restorePoint.stage).length > 0) {
        expect(noted?.restorePoint.stage).toEqual(before.restorePoint.stage);
      } else if (brake?.action === 'kill') expect(noted?.restorePoint.stage).toEqual(live.stage);
      expect(noted === undefined).toBe(brake === undefined && before === undefined);
    }),
  );
});

test('on the way back no limit of the stage moves by more than the guardrail allows', () => {
  fc.assert(
    fc.property(input, (each) => {
      if (!each.wayBack?.isStageAway || (each.override && each.override.action !== 'pin')) return;
      if (each.override?.action === 'pin' && each.override.stage) return;
      const { largestStepUpShare, largestStepDownShare, raiseCooldownSeconds } = each.policy.guardrails;
      const { limits: wanted } = underOverride(each);
      const mayRaise = each.now >= each.lastStageMs + raiseCooldownSeconds * 1000;
      for (const [method, { rateRps }] of Object.entries(wanted.stage)) {
        const from = stageOf(each.live, method)?.rateRps ?? 0;
        const most = mayRaise ? Math.max(from * (1 + largestStepUpShare), from + 0.01) : from;
        expect(rateRps).toBeLessThanOrEqual(most);
        expect(rateRps).toBeGreaterThanOrEqual(from * (1 - largestStepDownShare));
      }
    }),
  );
});

/** The limits as API Gateway keeps them for an account. */
const kept = ({ stage, tiers }: Limits, account: Limit): Limits => ({
  stage: writableLimits(stage, account),
  tiers: writableLimits(tiers, account),
});
const small = { rateRps: 150.55, burst: 30 };
const shut = { rateRps: 0, burst: 0 };

test('the way back ends, where the law wants the limits or where the brake found them, and then the law is alone', () => {
  fc.assert(
    fc.property(input, fc.constantFrom(ACCOUNT, small), fc.boolean(), (given, account, wasShut) => {
      const found = given.wayBack && {
        ...given.wayBack,
        restorePoint: {
          stage: { ...given.wayBack.restorePoint.stage, ...(wasShut && { '/admin/GET': shut }) },
          tiers: { ...given.wayBack.restorePoint.tiers, ...(wasShut && { basic: shut }) },
        },
      };
      const desired = kept(given.desired, account);
      const each = { ...given, account, desired, live: kept(given.live, account), wayBack: found };
      let state = { ...each, override: undefined, lastStageMs: 0 };
      for (let ticks = 0; ticks < 80 && state.wayBack; ticks++) {
        const { limits: wanted, nextWayBack: next } = underOverride(state);
        state = { ...state, live: kept(wanted, account), wayBack: next };
      }
      expect(state.wayBack).toBeUndefined();
      const { stage } = kept(found?.restorePoint ?? NO_LIMITS, account);
      const back = each.policy.mode === 'enforce' ? desired : { stage: { ...each.live.stage, ...stage }, tiers: {} };
      if (found?.isStageAway) expect(stageOf(state.live, '*/*')).toEqual(stageOf(back, '*/*'));
      expect(underOverride(state)).toMatchObject({ limits: desired, writes: 'policy' });
    }),
  );
});

test('the way back moves no limit that is left alone, and ends without it', () => {
  const left = [
    { of: 'stage', key: '*/*' },
    { of: 'tiers', key: 'basic' },
  ] as const;
  fc.assert(
    fc.property(input, (each) => {
      const given = { ...each, live: kept(each.live, ACCOUNT) };
      let state = { ...given, left, override: undefined, lastStageMs: 0 };
      for (let ticks = 0; ticks < 80 && state.wayBack; ticks++) {
        const { limits: wanted, nextWayBack: next } = underOverride(state);
        expect(wanted.stage['*/*']).toEqual(given.live.stage['*/*']);
        expect(wanted.tiers.basic).toEqual(given.live.tiers.basic);
        state = { ...state, live: kept(wanted, ACCOUNT), wayBack: next };
      }
      expect(state.wayBack).toBeUndefined();
    }),
  );
});

test('the floor is never above the deployed rate, and never below the least rate', () => {
  const policy = policySchema.parse({ api: 'a/b', brakes: { emergencyFloorShare: 0.001 } });
  const floor = emergencyFloor({ action: 'kill' }, { policy, resting: { stage: { rateRps: 2, burst: 1 }, tiers: {} } });
  expect(floor.rateRps).toBe(policy.guardrails.leastRateRps);
  expect(emergencyFloor({ action: 'kill' }, { policy: policySchema.parse({ api: 'a/b' }), resting })).toEqual({
    rateRps: 100,
    burst: 25,
  });
});
