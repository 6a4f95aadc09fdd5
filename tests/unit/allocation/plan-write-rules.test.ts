import { planWriteRules } from '../../../shared/law/allocation/plan-write-rules.ts';
import { nextPlanWrite } from '../../../shared/law/allocation/plan-writes.ts';
import { PLAN_WRITE_QUOTA_MS } from '../../../shared/platform/aws-assumptions.ts';
import { policySchema } from '../../../shared/policy/schema/policy-schema.ts';

const POLICY = policySchema.parse({ api: 'a1/dev' });
const LIMIT = { rateRps: 100, burst: 200 };
const RESTING = { premium: LIMIT, internal: LIMIT, basic: LIMIT, standard: LIMIT };
const CUT = { rateRps: 50, burst: 100 };

/** The tier that is written first when every plan is to change from `from` to `to`. */
function firstWritten(from: typeof LIMIT, to: typeof LIMIT): string | undefined {
  const all = (limit: typeof LIMIT) => Object.fromEntries(Object.keys(RESTING).map((tier) => [tier, limit]));
  const next = nextPlanWrite(all(to), all(from), 0, undefined, planWriteRules(POLICY, RESTING));
  return next.kind === 'write' ? next.tier : undefined;
}

test('the tier that gives way first is cut first, and the tier that never gives way is raised first', () => {
  expect(firstWritten(LIMIT, CUT)).toBe('basic');
  expect(firstWritten(CUT, LIMIT)).toBe('internal');
});

test('tiers that give way together are ordered by name', () => {
  const tiers = Object.fromEntries(Object.keys(RESTING).map((tier) => [tier, { sacrificeOrder: 7 }]));
  const { sacrificeOrder } = planWriteRules(policySchema.parse({ api: 'a1/dev', tiers }), RESTING);
  expect(sacrificeOrder).toEqual(['basic', 'internal', 'premium', 'standard']);
});

test('AWS receives two writes no closer than its quota allows, even if the first call takes a second and the second none', () => {
  const wanted = { ...RESTING, premium: CUT };
  const next = nextPlanWrite(wanted, RESTING, 5_000, 0, planWriteRules(POLICY, RESTING));
  const firstArrivedMs = 1_000;
  const secondSentMs = next.kind === 'wait' ? next.untilMs : Number.NaN;
  expect(secondSentMs - firstArrivedMs).toBeGreaterThanOrEqual(PLAN_WRITE_QUOTA_MS);
});
