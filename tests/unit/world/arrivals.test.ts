import { seededRandom } from '@tidegate/embedded-aws/kernel';
import { scaledScenario } from '../../../rehearsal/world/scenario.ts';
import { quiet } from '../../../rehearsal/world/scenarios/quiet.ts';
import { Arrivals } from '../../../rehearsal/world/traffic/arrivals.ts';

const SECONDS = 400;

/** Cost units that arrive in each second. */
function costPerSecond(scale: number): number[] {
  const { groups, methods, evenness } = scaledScenario(quiet, scale);
  const arrivals = new Arrivals(groups, seededRandom(3), evenness);
  const seconds = new Array<number>(SECONDS).fill(0);
  let strays = 0;
  for (let fromMs = 0; fromMs < SECONDS * 1000; fromMs += 100) {
    arrivals.draw(fromMs, fromMs + 100, fromMs / 1000, (atMs, _group, _key, method) => {
      strays += atMs >= fromMs && atMs < fromMs + 100 ? 0 : 1;
      const second = Math.floor(atMs / 1000);
      seconds[second] = (seconds[second] ?? 0) + (methods[method]?.cost ?? 0);
    });
  }
  expect(strays).toBe(0);
  return seconds;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
function relativeSpread(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2))) / middle;
}

describe('arrivals', () => {
  it.each([1, 0.05])('bring the demand that was asked for, at scale %d', (scale) => {
    expect(mean(costPerSecond(scale)) / (1350 * 1.15 * scale)).toBeCloseTo(1, 2);
  });

  it('are as uneven in small as they are whole', () => {
    // Poisson: sqrt(sum of rate x cost^2) / (sum of rate x cost) = sqrt(1350 x 1.75) / (1350 x 1.15).
    expect(relativeSpread(costPerSecond(1))).toBeCloseTo(0.0313, 2);
    expect(relativeSpread(costPerSecond(0.05))).toBeLessThan(0.05);
  });

  it('pause while there is no demand', () => {
    const groups = quiet.groups.map((group) => ({ ...group, demand: (seconds: number) => (seconds < 1 ? 0 : 10) }));
    const arrivals = new Arrivals(groups, seededRandom(1));
    const seen: number[] = [];
    for (let fromMs = 0; fromMs < 2000; fromMs += 100) {
      arrivals.draw(fromMs, fromMs + 100, fromMs / 1000, (atMs) => seen.push(atMs));
    }
    expect(seen.length).toBeGreaterThan(10);
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(1000);
  });
});
