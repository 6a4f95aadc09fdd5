import { SimulationClock } from '@tidegate/embedded-aws/kernel';
import { USUAL_DELAYS } from '../../../bench/loop/delays.ts';
import { START_MS } from '../../../bench/loop/run.ts';
import { BenchStage } from '../../../bench/loop/stage.ts';
import { randomStreams } from '../../../rehearsal/world/random-streams.ts';
import { stageBurst } from '../../../shared/law/sharing/standing.ts';
import type { Limit } from '../../../shared/limits/limit.ts';
import { policySchema } from '../../../shared/policy/schema/policy-schema.ts';

const ARRIVALS = 200_000;

/** The share of a Poisson stream of `load` times the rate that the gateway's bucket for a method refuses. */
async function refusedShare({ rateRps, burst }: Limit, load: number, seed: number): Promise<number> {
  const clock = new SimulationClock({
    onError: (error) => {
      throw error;
    },
  });
  await clock.goVirtual(0, START_MS);
  const random = randomStreams(seed)('arrivals');
  const stage = new BenchStage({
    clock,
    random,
    baseline: { stage: { rateRps, burst }, tiers: { premium: { rateRps: 1e6, burst: 1e6 } } },
    methods: [{ verb: 'GET', path: '/data' }],
    tierOf: new Map([['key', 'premium']]),
    enforcementSlack: 0,
    delays: USUAL_DELAYS,
    onFinished: () => undefined,
  });
  let atMs = clock.now();
  let refused = 0;
  for (let index = 0; index < ARRIVALS; index++) {
    atMs += (-1000 * Math.log(1 - random())) / (rateRps * load);
    if (stage.admit({ keyId: 'key', verb: 'GET', path: '/data' }, atMs) !== 'admitted') refused++;
  }
  return refused / ARRIVALS;
}

test.each([5, 50, 500, 2000])("the guard's burst at %i requests/s admits an honest random stream", async (rateRps) => {
  const limit = { rateRps, burst: stageBurst(rateRps, policySchema.parse({ api: 'a1/dev' })) };
  expect(await refusedShare(limit, 0.7, 1)).toBeLessThan(0.0001);
  expect(await refusedShare(limit, 0.8, 2)).toBeLessThan(0.001);
});

test('without the least burst, a small rate would refuse honest requests', async () => {
  expect(await refusedShare({ rateRps: 50, burst: 2 }, 0.7, 1)).toBeGreaterThan(0.05);
});
