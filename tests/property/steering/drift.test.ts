import fc from 'fast-check';
import { namesIn, valueInForce, valueNamed } from '../../../shared/limits/limit-name.ts';
import type { Limits } from '../../../shared/limits/limits.ts';
import { policySchema } from '../../../shared/policy/schema/policy-schema.ts';
import type { ControlRecord } from '../../../shared/state/control-record.ts';
import { clampToBounds } from '../../../shared/steering/clamp-to-bounds.ts';
import type { Draft } from '../../../shared/steering/draft.ts';
import type { DriftInput } from '../../../shared/steering/drift/drift-input.ts';
import { type DriftFindings, examineDrift } from '../../../shared/steering/drift/examine-drift.ts';
import { leaveAlone } from '../../../shared/steering/leave-alone.ts';
import { restingLimits } from '../../../shared/steering/resting-limits.ts';
import { CONCLUSION } from '../../support/functions/world.ts';

const NOW = Date.UTC(2031, 0, 1);
const ACCOUNT = { rateRps: 10_000, burst: 5_000 };
const BASELINE = { stage: { rateRps: 2000, burst: 5000 }, tiers: { basic: { rateRps: 100, burst: 200 } } };

const limit = fc.record({ rateRps: fc.integer({ min: 1, max: 2000 }), burst: fc.integer({ min: 1, max: 500 }) });
const stage = fc.record({ '*/*': limit, '/orders/POST': limit }, { requiredKeys: ['*/*'] });
const limits = fc.record({ stage, tiers: fc.record({ basic: limit }) });
const action = fc.constantFrom('reassert', 'adopt', 'hold');
const drift = fc.record({ deploy: action, human: action, unknown: action });
const claim = fc.record({ who: fc.constant('alice'), atMs: fc.integer({ min: NOW - 600_000, max: NOW }) });
const claims = fc.record({ stage: claim, 'plan#p1': claim, deploy: claim }, { requiredKeys: [] });

const situation = fc.record({
  written: fc.option(limits, { nil: undefined }),
  live: limits,
  meant: fc.option(limits, { nil: undefined }),
  drift,
  claims,
  mode: fc.constantFrom('enforce', 'shadow'),
});

function inputOf(given: {
  written: Limits | undefined;
  live: Limits;
  meant: Limits | undefined;
  drift: object;
  claims: ControlRecord['claims'];
  mode: string;
}): DriftInput {
  const { written, live, meant } = given;
  const writtenMs = NOW - 60_000;
  const tiers = written && { basic: { value: written.tiers.basic ?? { rateRps: 1, burst: 1 }, writtenMs } };
  const rules = { sacrificeOrder: [], resting: {}, ignoreChangeShare: 0, intervalMs: 0 };
  const basic = meant?.tiers.basic;
  return {
    live,
    account: ACCOUNT,
    record: {
      law: { state: 0, seenLogsMs: 0, seenMetricsMs: 0, toldSlowMs: 500, lookedMs: NOW - 60_000 },
      appliedStage: written && { value: written.stage, writtenMs },
      appliedTiers: tiers ?? {},
      drift: undefined,
      claims: given.claims,
      pausedMs: 0,
      ...{ wayBack: undefined, backoffUntilMs: 0, highestFence: 0 },
    },
    desired: meant && {
      stage: meant.stage,
      plans: basic ? { basic: { planId: 'p1', limit: basic, sinceMs: NOW } } : {},
      rules,
      decidedMs: NOW,
    },
    baseline: BASELINE,
    planIds: { basic: 'p1' },
    policy: policySchema.parse({ api: 'a1/dev', mode: given.mode, drift: given.drift }),
    isRuled: () => false,
    resumedMs: 0,
    now: NOW,
  };
}

test('a change is told of once: a look that sees the same again has nothing to say', () => {
  fc.assert(
    fc.property(situation, fc.integer({ min: 0, max: 60_000 }), (given, laterMs) => {
      const input = inputOf(given);
      const first = examineDrift(input);
      const again = { ...input, record: { ...input.record, drift: first.record }, now: NOW + laterMs };
      expect(examineDrift(again).notes).toEqual([]);
      expect(examineDrift(again).record).toEqual(first.record);
    }),
  );
});

test('limits that are as we wrote them, and a first look, are no drift', () => {
  fc.assert(
    fc.property(situation, (given) => {
      expect(examineDrift(inputOf({ ...given, written: given.live })).notes).toEqual([]);
      const bare = inputOf({ ...given, written: undefined, meant: undefined });
      expect(examineDrift(bare).notes).toEqual([]);
    }),
  );
});

function draftOf(input: DriftInput, drift: DriftFindings, limits: Limits): Draft {
  const { policy, baseline, live, account, record, desired, now } = input;
  const evidence = { windows: [], heartbeat: undefined, trust: {}, seenLogsMs: 0, seenMetricsMs: 0 };
  const reading = { limits: live.stage, settingsKeys: {}, unreadable: {} };
  const deployed = {
    ...{ apiId: 'a', stage: 'b', stageLimit: baseline.stage },
    tiers: { basic: { planId: 'p1', ...(baseline.tiers.basic ?? baseline.stage) } },
  };
  return {
    observation: { now, record, desired, reading, account, live, evidence, unread: [], keyCounts: undefined },
    settings: {
      governed: { api: { apiId: 'a', stage: 'b' }, policy, name: 'policy', version: 1 },
      deployed,
      law: () => ({ state: 0, conclusion: CONCLUSION, desired: limits }),
    },
    trigger: 'schedule',
    drift,
    resting: restingLimits(deployed, drift.record, account),
    left: { stage: {}, tiers: {} },
    ...{ wayBack: undefined, nextWayBack: undefined, limits, planOrder: [], writes: 'policy' },
    ...{ conclusion: CONCLUSION, lawState: 0, isFinal: true },
  };
}

test('whatever the law wants, a held limit stays what it is, and the others are the law’s', () => {
  fc.assert(
    fc.property(situation, limits, (given, wanted) => {
      const input = inputOf({ ...given, mode: 'enforce' });
      const drift = examineDrift(input);
      const { live } = input;
      const held = leaveAlone(clampToBounds(draftOf(input, drift, wanted)));
      for (const name of namesIn(drift.record.open)) {
        if (valueNamed(drift.record.open, name)?.action !== 'hold') continue;
        const isAbsent = name.of === 'stage' && !Object.keys(live.stage).includes(name.key);
        const found = valueInForce(held.limits, name);
        if (isAbsent) expect(Object.keys(held.limits.stage)).not.toContain(name.key);
        else expect(found).toEqual(valueInForce(live, name));
      }
      const isBasicHeld = drift.record.open.tiers.basic?.action === 'hold';
      if (!isBasicHeld) {
        expect(held.limits.tiers.basic?.rateRps).toBeLessThanOrEqual(held.resting.tiers.basic?.rateRps ?? 0);
      }
    }),
  );
});
