import fc from 'fast-check';
import { lawful } from '../../../functions/control/steering/clamp-to-bounds.ts';
import type { DriftInput } from '../../../functions/control/steering/drift/drift-input.ts';
import { inForce, partsOf } from '../../../functions/control/steering/drift/drift-names.ts';
import { examine } from '../../../functions/control/steering/drift/judge-drift.ts';
import type { Limits } from '../../../shared/limits/limits.ts';
import { policySchema } from '../../../shared/policy/schema/policy-schema.ts';
import type { ControlRecord } from '../../../shared/state/control-record.ts';
import { CONCLUSION } from '../../unit/functions/world.ts';

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
      ...{ hold: undefined, backoffUntilMs: 0, highestFence: 0 },
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
      const first = examine(input);
      const again = { ...input, record: { ...input.record, drift: first.record }, now: NOW + laterMs };
      expect(examine(again).notes).toEqual([]);
      expect(examine(again).record).toEqual(first.record);
    }),
  );
});

test('limits that are as we wrote them, and a first look, are no drift', () => {
  fc.assert(
    fc.property(situation, (given) => {
      expect(examine(inputOf({ ...given, written: given.live })).notes).toEqual([]);
      const bare = inputOf({ ...given, written: undefined, meant: undefined });
      expect(examine(bare).notes).toEqual([]);
    }),
  );
});

test('whatever the law wants, a held limit stays what it is, and the others are the law’s', () => {
  fc.assert(
    fc.property(situation, limits, (given, wanted) => {
      const input = inputOf({ ...given, mode: 'enforce' });
      const { record } = examine(input);
      const observation = { account: ACCOUNT, live: given.live, drift: record };
      const law = () => ({ state: 0, conclusion: CONCLUSION, desired: wanted });
      const { policy, baseline, live, now } = input;
      const effective = { stageMs: 0, tiersMs: {} };
      const held = lawful(law, observation)({ state: 0, windows: [], live, effective, policy, baseline, now });
      for (const [name, { action: done }] of Object.entries(record.open)) {
        if (done !== 'hold') continue;
        const [kind, key] = partsOf(name);
        const isAbsent = kind === 'stage' && !Object.keys(live.stage).includes(key);
        const found = inForce(name, held.desired);
        // What could not be written as it is, is not written at all.
        if (found === undefined) continue;
        if (isAbsent) expect(Object.keys(held.desired.stage)).not.toContain(key);
        else expect(found).toEqual(inForce(name, live));
      }
      const isBasicHeld = record.open['tier basic']?.action === 'hold';
      if (!isBasicHeld) expect(held.desired.tiers.basic?.rateRps).toBeLessThanOrEqual(100);
    }),
  );
});
