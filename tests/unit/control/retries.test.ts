import { type AttemptsState, attemptsOf, updateAttempts, wantedRps } from '../../../shared/law/telling/retries.ts';
import { readSignals } from '../../../shared/law/telling/signals.ts';
import { policySchema } from '../../../shared/policy/schema/policy-schema.ts';
import { type CellSketch, logWindow } from '../../support/builders/window-sketch.ts';

const policy = policySchema.parse({
  api: 'a1/dev',
  demand: { usualAttempts: 3, attemptsHalfLifeSeconds: 10, attemptsLostShare: 0.5, attemptsPriorVariance: 0.01 },
});

describe('what is wanted of what is offered', () => {
  test.each([
    // 100 wanted: 50 succeed at once, 25 at the second attempt, 12.5 at the third; 100 + 50 + 25 were offered.
    [175, 0.5, 3, 100],
    [150, 0.5, 2, 100],
    [100, 0.5, 1, 100],
    [100, 0, 3, 100],
    [100, -0.2, 3, 100],
  ])('%d a second, of which %d are lost, are at %d attempts %d', (offered, lost, attempts, wanted) => {
    expect(wantedRps(offered, lost, attempts)).toBeCloseTo(wanted, 9);
  });

  test('of what is wholly refused as much as if one in a hundred had passed', () => {
    expect(wantedRps(100, 1, 3)).toBe(wantedRps(100, 0.99, 3));
    expect(wantedRps(100, 1, 3)).toBeCloseTo((100 * 0.01) / (1 - 0.99 ** 3), 9);
  });
});

describe('how steady the wanted rate is, for each number of attempts', () => {
  const read = (tiers: Readonly<Record<string, CellSketch>>) => readSignals(logWindow(0, tiers), policy, 1);
  const nextOf = (before: Readonly<Record<string, AttemptsState>>, requests: number, throttled: number) =>
    updateAttempts(before, read({ premium: { requests, throttled } }), policy);

  test('the first window with losses is the mean of itself', () => {
    const { premium } = nextOf({}, 1000, 750);
    const expected = [1, 2, 3, 4, 5, 6].map((attempts) => Math.log(wantedRps(100, 0.75, attempts)));
    expect(premium?.weight).toBe(1);
    expect(premium?.variances).toEqual([0, 0, 0, 0, 0, 0]);
    expect(premium?.means).toHaveLength(6);
    for (const [index, mean] of expected.entries()) expect(premium?.means[index]).toBeCloseTo(mean, 9);
  });

  test('windows count half as much after each half-life', () => {
    const first = nextOf({}, 1000, 750);
    const second = nextOf(first, 1000 * Math.E, 750 * Math.E).premium;
    // The logarithms are x and x + 1, with the weights 1/2 and 1: mean 2/3, variance 2/3 - (2/3)^2.
    expect(second?.weight).toBe(1.5);
    expect(second?.means[0]).toBeCloseTo(Math.log(100) + 2 / 3, 9);
    for (const variance of second?.variances ?? []) expect(variance).toBeCloseTo(2 / 9, 9);
    const third = nextOf(nextOf(first, 1000 * Math.E, 750 * Math.E), 1000 * Math.E, 750 * Math.E).premium;
    // x, x + 1 and x + 1 with 1/4, 1/2 and 1: mean 6/7, variance 6/7 - (6/7)^2.
    expect(third?.weight).toBe(1.75);
    expect(third?.means[0]).toBeCloseTo(Math.log(100) + 6 / 7, 9);
    for (const variance of third?.variances ?? []) expect(variance).toBeCloseTo(6 / 49, 9);
  });

  test('the right number of attempts is the one whose wanted rate stands while losses change', () => {
    const offered = (lost: number) => (100 * (1 - lost ** 2)) / (1 - lost);
    const seen = [0.6, 0.9, 0.7].reduce(
      (states, lost) => nextOf(states, 10 * offered(lost), 10 * offered(lost) * lost),
      {} as Readonly<Record<string, AttemptsState>>,
    );
    const { variances = [] } = seen.premium ?? {};
    expect(variances[1]).toBeCloseTo(0, 9);
    expect(Math.min(...variances.toSpliced(1, 1))).toBeGreaterThan(0.001);
  });

  test('errors are losses as well as refusals', () => {
    const window = read({ premium: { requests: 1000, throttled: 200, serverErrors: 400 } });
    // 0.8 admitted, half of it failed.
    expect(updateAttempts({}, window, policy).premium?.means[1]).toBeCloseTo(Math.log(wantedRps(100, 0.6, 2)), 9);
  });

  test('a trickle counts as a hundredth of a request a second, lest its logarithm have no bound', () => {
    expect(nextOf({}, 0.02, 0.015).premium?.means[0]).toBe(Math.log(0.01));
  });

  test.each([
    ['just as much as the policy does not mind', { requests: 1000, throttled: 500 }],
    ['no request', { requests: 0 }],
  ])('%s says nothing, and ends what was known, for demand may have grown', (_, sketch) => {
    const before = nextOf({}, 1000, 750);
    expect(updateAttempts(before, read({ premium: sketch }), policy)).toEqual({});
    expect(before).toHaveProperty('premium');
  });

  test('a tier that the window does not name is remembered', () => {
    const before = nextOf({}, 1000, 750);
    expect(updateAttempts(before, read({}), policy)).toEqual(before);
  });
});

describe('how often clients are believed to try', () => {
  const having = (...variances: number[]): AttemptsState => ({ weight: 1, means: [], variances });

  test.each([
    ['the usual number where nothing was seen', undefined, 3],
    ['the usual number where nothing can be told apart', having(0.1, 0.1, 0.1, 0.1, 0.1, 0.1), 3],
    ['the usual number before any variance is known', having(), 3],
    ['another that is steadier by more than 0.01 for each step squared', having(1, 1, 0.05, 1, 0.005, 1), 5],
    ['the usual number where another is steadier by less', having(1, 1, 0.05, 1, 0.011, 1), 3],
    ['once, where that is by far the steadiest', having(0, 0.2, 0.2, 0.2, 0.2, 0.2), 1],
    ['the fewer of two that speak alike', having(1, 0, 1, 0, 1, 1), 2],
  ])('%s', (_, state, expected) => {
    expect(attemptsOf(state, policy)).toBe(expected);
  });
});
