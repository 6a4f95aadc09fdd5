import { stageBurst } from '../../../shared/control/standing.ts';
import { plantPolicy } from '../../support/plant/plant.ts';
import { seeded } from '../../support/plant/random.ts';

/** Share of a Poisson stream, arrival by arrival, that a token bucket refuses. */
function refusedShare(rateRps: number, burst: number, load: number, seed: number): number {
  const random = seeded(seed);
  let tokens = burst;
  let refused = 0;
  const arrivals = 200_000;
  for (let index = 0; index < arrivals; index += 1) {
    const seconds = -Math.log(1 - random()) / (rateRps * load);
    tokens = Math.min(burst, tokens + rateRps * seconds);
    if (tokens >= 1) tokens -= 1;
    else refused += 1;
  }
  return refused / arrivals;
}

test.each([5, 50, 500, 2000])('the guard’s burst at %i requests/s lets an honest random stream pass', (rate) => {
  const burst = stageBurst(rate, plantPolicy());
  expect(refusedShare(rate, burst, 0.7, 1)).toBeLessThan(0.0001);
  expect(refusedShare(rate, burst, 0.8, 2)).toBeLessThan(0.001);
});

test('without the least burst, a small rate would refuse honest requests', () => {
  expect(refusedShare(50, 2, 0.7, 1)).toBeGreaterThan(0.05);
});
