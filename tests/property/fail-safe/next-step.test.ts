import fc from 'fast-check';
import { decimal } from '../../../embedded-aws/tests/support/even-decimal.ts';
import type { Health } from '../../../functions/fail-safe/health-rules.ts';
import { loweredLimits, nextStep } from '../../../functions/fail-safe/next-step.ts';
import type { Limit } from '../../../shared/limits/limit.ts';
import type { Limits } from '../../../shared/limits/limits.ts';

const limit = fc.record({
  rateRps: decimal(0.1, 20_000).map((rate) => Math.max(0.1, Math.round(rate * 100) / 100)),
  burst: fc.integer({ min: 1, max: 10_000 }),
});
const live: fc.Arbitrary<Limits> = fc.record({
  stage: fc.dictionary(fc.constantFrom('*/*', '/a/GET', '/orders/POST'), limit),
  tiers: fc.dictionary(fc.constantFrom('premium', 'basic'), limit),
});
const baseline = fc
  .record({ stageLimit: limit, premium: limit, basic: limit })
  .map(({ stageLimit, premium, basic }) => ({
    apiId: 'abc',
    stage: 'dev',
    stageLimit,
    tiers: { premium: { planId: 'p', ...premium }, basic: { planId: 'b', ...basic } },
  }));
const health = fc.constantFrom<Health['kind']>('healthy', 'unhealthy', 'unknown').map((kind) => ({ kind, why: '' }));

const found = ({ stage, tiers }: Limits) => ({ reading: { limits: stage, settingsKeys: {} }, tiers });
const atLeast = (left: Limit, right: Limit) => left.rateRps >= right.rateRps && left.burst >= right.burst;

test('a step never lowers a number, never exceeds the larger of live and baseline, nor the account', () => {
  fc.assert(
    fc.property(live, limit, baseline, (limits, account, deployed) => {
      const { stage, plans } = loweredLimits(found(limits), account, deployed).lowered;
      const raises: [Limit, Limit | undefined, Limit][] = [
        ...Object.entries(stage).map(([method, to]): [Limit, Limit | undefined, Limit] => [
          to,
          limits.stage[method],
          deployed.stageLimit,
        ]),
        ...plans.map(({ tier, limit: to }): [Limit, Limit | undefined, Limit] => [
          to,
          limits.tiers[tier],
          deployed.tiers[tier as 'premium' | 'basic'],
        ]),
      ];
      for (const [to, from, resting] of raises) {
        expect(from !== undefined && atLeast(to, from)).toBe(true);
        expect(to.rateRps).toBeLessThanOrEqual(Math.max(from?.rateRps ?? 0, resting.rateRps));
        expect(to.burst).toBeLessThanOrEqual(Math.max(from?.burst ?? 0, resting.burst));
        expect(atLeast(account, to)).toBe(true);
      }
    }),
  );
});

test('whatever is lowered, a backend not known to be healthy is held, and steps come to an end', () => {
  fc.assert(
    fc.property(live, baseline, health, (limits, deployed, seen) => {
      const account = { rateRps: 20_000, burst: 10_000 };
      const state = { stage: { ...limits.stage }, tiers: { ...limits.tiers } };
      const raised = new Set<string>();
      for (let steps = 0; steps < 5; steps++) {
        const step = nextStep({
          lowered: loweredLimits(found(state), account, deployed).lowered,
          health: seen,
          raised,
          handsOff: undefined,
        });
        if (step.kind === 'nothing') return;
        if (seen.kind !== 'healthy') return expect(step.kind).toBe('hold');
        if (step.kind === 'raise-stage') Object.assign(state.stage, step.limits);
        else if (step.kind === 'raise-plan') state.tiers[step.tier] = step.limit;
        else throw new Error(`A healthy backend was held: ${step.rule}`);
      }
      throw new Error('The steps do not end.');
    }),
  );
});
