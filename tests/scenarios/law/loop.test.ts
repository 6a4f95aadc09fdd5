import { scaledBaseline } from '../../../bench/loop/baseline.ts';
import { runLoop } from '../../../bench/loop/run.ts';
import { type Scenario, scaledScenario } from '../../../rehearsal/world/scenario.ts';
import { seedSurge } from '../../../rehearsal/world/scenarios/seed-surge.ts';
import { during } from '../../../rehearsal/world/traffic/rate.ts';
import { law } from '../../../shared/control/law.ts';
import { policySchema } from '../../../shared/policy/schema.ts';

const SCALE = 0.15;
const ONSET = 120;
const END = ONSET + 300;

/** The incident, five minutes of it. */
const shortSurge: Scenario = {
  ...seedSurge,
  durationSeconds: END + 300,
  surgeEndSeconds: END,
  groups: seedSurge.groups.map((group) =>
    group.name === 'runaway-premium' ? { ...group, demand: during(5000, ONSET, END) } : group,
  ),
};

const play = (seed: number, mode: 'enforce' | 'shadow') =>
  runLoop({
    scenario: scaledScenario(shortSurge, SCALE),
    seed,
    law,
    policy: policySchema.parse({ api: 'bench/stage', mode, methodCost: { '/orders/POST': 4 } }),
    baseline: scaledBaseline(SCALE),
  });

describe('the incident in the world, the law in the loop', () => {
  test.each([1])('seed %i: honest premium keys are served, and all limits return to rest', async (seed) => {
    const result = await play(seed, 'enforce');
    expect(result.honestPremiumServed).toBeGreaterThan(0.95);
    expect(result.goodputRatio).toBeGreaterThan(0.8);
    expect(result.violationSeconds).toBeLessThan(30);
    expect(result.limits.tiers).toEqual(scaledBaseline(SCALE).tiers);
  });

  test('most of what honest premium keys ask is served', async () => {
    const result = await play(1, 'enforce');
    expect(result.honestPremiumServed).toBeGreaterThan(0.75);
    expect(result.goodputRatio).toBeGreaterThan(0.75);
    expect(result.violationSeconds).toBeLessThan(40);
  });

  test('the same without anyone acting is an outage, and nothing is written', async () => {
    const result = await play(1, 'shadow');
    expect(result.honestPremiumServed).toBeLessThan(0.2);
    expect(result.stageWrites + result.planWrites).toBe(0);
  });
});
