import { gate } from '../../../bench/laws/bounds/gate.ts';
import { Knowledge } from '../../../bench/laws/knowledge.ts';
import { scaledBaseline } from '../../../bench/loop/baseline.ts';
import { runLoop, START_MS } from '../../../bench/loop/run.ts';
import { benchPolicy } from '../../../bench/runner/policy.ts';
import type { ClientGroup, Scenario } from '../../../rehearsal/world/scenario.ts';
import { BACKEND, METHODS, OBJECTIVE } from '../../../rehearsal/world/scenarios/common.ts';
import { constant, step } from '../../../rehearsal/world/traffic/rate.ts';

const clients = (name: string, tier: string, rest: Partial<ClientGroup>): ClientGroup => ({
  name,
  tier,
  honest: true,
  keyCount: 10,
  skew: 0,
  demand: constant(0),
  mix: [1, 0],
  behaviour: { kind: 'immediate', maxAttempts: 5 },
  ...rest,
});

/** A backend of 100 cost units a second; premium, basic and a premium runaway ask for 20, 40 and 120 of second 20 on. */
function scenarioOf(backend: Partial<Scenario['backend']>): Scenario {
  return {
    name: 'gated',
    title: 'A test.',
    durationSeconds: 200,
    onsetSeconds: 20,
    surgeEndSeconds: 200,
    objective: OBJECTIVE,
    methods: METHODS,
    groups: [
      clients('calm', 'premium', { demand: constant(20) }),
      clients('runaway', 'premium', { demand: step(2, 120, 20), keyCount: 1, honest: false }),
      clients('small', 'basic', { demand: constant(40) }),
    ],
    backend: { ...BACKEND, capacity: constant(100), ...backend },
  };
}

async function play(backend: Partial<Scenario['backend']>) {
  const scenario = scenarioOf(backend);
  const [policy, baseline] = [benchPolicy(), scaledBaseline(1)];
  const knowledge = new Knowledge(scenario, START_MS, 0);
  const context = { policy, baseline, knowledge };
  const door = gate.door?.(context);
  return runLoop({
    ...{ scenario, seed: 1, law: gate.create(context), policy, baseline, telemetry: gate.telemetry },
    ...(door && { door }),
    onSecond: (snapshot, enforced) => knowledge.see(snapshot, enforced),
  });
}

test('the gate serves all usual demand in time, fills the backend with excess and never writes a limit', async () => {
  const { honestServedByTier, stressRatio, violationSeconds, writes } = await play({});
  expect(honestServedByTier.premium).toBeGreaterThan(0.99);
  expect(honestServedByTier.basic).toBeGreaterThan(0.99);
  expect(stressRatio).toBeGreaterThan(0.97);
  expect({ violationSeconds, writes }).toEqual({ violationSeconds: 0, writes: [] });
});

test('the gate keeps a backend without a queue below what makes it slow', async () => {
  const queueless = { roomShare: 0.25, kneeFrom: 1.01, kneeTo: 1.07, kneeGrowth: 5, queueSeconds: 0.2 };
  const { honestServedByTier, stressRatio } = await play(queueless);
  expect(Math.min(...Object.values(honestServedByTier))).toBeGreaterThan(0.97);
  expect(stressRatio).toBeGreaterThan(0.9);
});
