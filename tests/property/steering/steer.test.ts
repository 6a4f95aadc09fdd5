import fc from 'fast-check';
import { stagePatch } from '../../../shared/gateway/patch.ts';
import { law as realLaw } from '../../../shared/law/law.ts';
import type { Law } from '../../../shared/law/types.ts';
import { isShut } from '../../../shared/limits/bounds.ts';
import type { Limit } from '../../../shared/limits/limit.ts';
import { limitOf, type StageLimits } from '../../../shared/limits/limits.ts';
import { isPatchable } from '../../../shared/limits/method-key.ts';
import { policySchema } from '../../../shared/policy/schema/policy-schema.ts';
import type { Governed } from '../../../shared/steering/governed.ts';
import type { Observation } from '../../../shared/steering/observation.ts';
import { steer } from '../../../shared/steering/steer.ts';
import type { Steering } from '../../../shared/steering/steering.ts';
import type { Trigger } from '../../../shared/steering/trigger.ts';
import { API, BASELINE, CONCLUSION, T0 } from '../../support/functions/world.ts';

const ACCOUNT = { rateRps: 10_000, burst: 5_000 };
const FLOOR = { rateRps: 5, burst: 2 };
/** Methods with the keys by which stages hold them; the last three may not be patched. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  '*/*': ['*/*'],
  '/data/GET': ['data/GET'],
  '/admin/GET': ['~1admin/GET', 'admin/GET'],
  '/a%20b/GET': ['~1a%20b/GET'],
  '*/GET': ['*/GET'],
  '/orders/GET': ['or ders/GET'],
};
const methods = Object.keys(KEYS);

const usual = fc.record({ rateRps: fc.integer({ min: 1, max: 10_000 }), burst: fc.integer({ min: 1, max: 5_000 }) });
const odd = fc.constantFrom<Limit>(
  { rateRps: 0, burst: 0 },
  { rateRps: 0.05, burst: 5 },
  { rateRps: 500, burst: 0 },
  { rateRps: 0, burst: 5 },
);
const stageOf = (limit: fc.Arbitrary<Limit>) =>
  fc
    .dictionary(fc.constantFrom(...methods), limit)
    .chain((rest) => limit.map((base): StageLimits => ({ '*/*': base, ...rest })));
const live = stageOf(fc.oneof(usual, odd));

interface Case {
  readonly live: StageLimits;
  readonly wanted: StageLimits;
  readonly override?: Governed['override'];
  readonly trigger?: Trigger;
  readonly law?: Law<unknown>;
}

/** The settings keys of the methods that have a limit of their own. */
const keysOf = (stage: StageLimits) =>
  Object.fromEntries(Object.keys(stage).map((method) => [method, KEYS[method] ?? []]));

function steered({ live: stage, wanted, override, trigger = 'schedule', law }: Case): Steering {
  const policy = policySchema.parse({ api: 'abc123def4/dev', mode: 'enforce' });
  const governed: Governed = { api: API, policy, name: 'p', version: 1, ...(override && { override }) };
  const observation: Observation = {
    ...{ now: T0, desired: undefined, account: ACCOUNT, unread: [], keyCounts: undefined },
    record: {
      ...{ law: undefined, appliedStage: undefined, appliedTiers: {}, drift: undefined, wayBack: undefined },
      ...{ claims: {}, pausedMs: 0, backoffUntilMs: 0, highestFence: 0 },
    },
    live: { stage, tiers: { basic: { rateRps: 50, burst: 50 } } },
    reading: { limits: stage, settingsKeys: keysOf(stage), unreadable: {} },
    evidence: { windows: [], heartbeat: undefined, trust: {}, seenLogsMs: 0, seenMetricsMs: 0 },
  };
  const asWanted: Law<unknown> = (input) => ({
    ...{ state: 0, conclusion: CONCLUSION },
    desired: { stage: wanted, tiers: input.live.tiers },
  });
  return steer(observation, { governed, deployed: BASELINE, law: law ?? asWanted }, trigger);
}

/** The stage once a decision is written, by the patch that would be sent. */
function written(stage: StageLimits, { stage: wanted }: Steering): StageLimits {
  if (!wanted) return stage;
  const patch = stagePatch(wanted, keysOf(stage), ACCOUNT);
  if (patch.kind === 'refused') throw new Error(`Nothing was written: ${patch.why}`);
  return { ...stage, ...patch.limits };
}

const mayWrite = (method: string, limit: Limit | undefined) =>
  limit !== undefined && !isShut(limit) && isPatchable(method, KEYS[method]);

const parameter = (override: NonNullable<Governed['override']>['override']): NonNullable<Governed['override']> => ({
  ...{ override, name: 'o', version: 1, sinceMs: T0 - 1000, by: undefined },
});

test('a kill takes down every limit that can be written, raises none, and names what is left', () => {
  fc.assert(
    fc.property(live, stageOf(usual), (stage, wanted) => {
      const steering = steered({ live: stage, wanted, override: parameter({ action: 'kill', floor: FLOOR }) });
      const after = written(stage, steering);
      for (const [method, before] of Object.entries(stage)) {
        if (mayWrite(method, before)) {
          expect(after[method]?.rateRps).toBeLessThanOrEqual(FLOOR.rateRps);
          expect(after[method]?.burst).toBeLessThanOrEqual(FLOOR.burst);
        } else {
          expect(after[method]).toEqual(before);
          expect(steering.decision.reason).toContain(`stage ${method}`);
        }
        expect(after[method]?.rateRps).toBeLessThanOrEqual(before.rateRps);
      }
    }),
  );
});

test('a pin of the stage sets every limit that can be written', () => {
  const until = new Date(T0 + 60_000).toISOString();
  fc.assert(
    fc.property(live, stageOf(usual), (stage, wanted) => {
      const override = parameter({ action: 'pin', until, stage: FLOOR });
      const after = written(stage, steered({ live: stage, wanted, override }));
      for (const [method, before] of Object.entries(stage)) {
        expect(after[method]).toEqual(method === '*/*' || mayWrite(method, before) ? FLOOR : before);
      }
    }),
  );
});

test('whatever the law leaves out, an alarm raises no limit', () => {
  fc.assert(
    fc.property(live, stageOf(usual), (stage, wanted) => {
      const after = written(stage, steered({ live: stage, wanted, trigger: 'alarm' }));
      for (const [method, before] of Object.entries(stage)) {
        expect(after[method]?.rateRps).toBeLessThanOrEqual(before.rateRps);
        expect(after[method]?.burst).toBeLessThanOrEqual(before.burst);
      }
    }),
  );
});

test('the law has every limit that can be written, and its default where it names none; the rest stays', () => {
  const within = fc.record({ rateRps: fc.integer({ min: 1, max: 2000 }), burst: fc.integer({ min: 1, max: 5_000 }) });
  fc.assert(
    fc.property(live, stageOf(within), (stage, wanted) => {
      const after = written(stage, steered({ live: stage, wanted }));
      for (const [method, before] of Object.entries(stage)) {
        expect(after[method]).toEqual(mayWrite(method, before) ? limitOf(wanted, method) : before);
      }
    }),
  );
});

test('the law gives no method a limit of its own while the default that the method follows is left alone', () => {
  fc.assert(
    fc.property(live, stageOf(usual), (stage, wanted) => {
      const before = { ...stage, '*/*': { rateRps: 0, burst: 0 } };
      expect(Object.keys(written(before, steered({ live: before, wanted })))).toEqual(Object.keys(before));
    }),
  );
});

test('a stage that somebody shut, whole or in part, is never more than the law can bear', () => {
  fc.assert(
    fc.property(live, (stage) => {
      const { decision, desired } = steered({ live: stage, wanted: {}, law: realLaw as Law<unknown> });
      const limits = [...Object.values(decision.after?.stage ?? {}), ...Object.values(desired?.stage ?? {})];
      expect(limits.every(({ rateRps, burst }) => Number.isFinite(rateRps) && Number.isFinite(burst))).toBe(true);
    }),
  );
});
