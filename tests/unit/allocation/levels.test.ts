import { bestLevels, type LevelClaim, mostWorth, worthOf } from '../../../shared/law/allocation/levels.ts';

const RESTS = Number.POSITIVE_INFINITY;

function claim(tier: string, rates: readonly number[], change: Partial<LevelClaim> = {}): LevelClaim {
  const demand = rates.reduce((sum, rps) => sum + rps, 0);
  return {
    tier,
    keys: rates.map((rps) => ({ rps, count: 1, costPerRequest: 1 })),
    attempts: 1,
    share: demand,
    floor: 0,
    weight: 1,
    rank: 0,
    fill: 1,
    restingRps: 1000,
    ...change,
  };
}

const passing = (rates: readonly number[], levelRps = 0) =>
  rates.reduce((sum, rps) => sum + Math.min(rps, levelRps), 0);

describe('the best levels', () => {
  test('leave all plans alone where all fits', () => {
    expect(bestLevels(200, [claim('premium', [100]), claim('basic', [50, 30, 20])])).toEqual({
      premium: RESTS,
      basic: RESTS,
    });
    expect(bestLevels(200, [])).toEqual({});
    expect(bestLevels(200, [claim('basic', [])])).toEqual({ basic: RESTS });
  });

  test('trim the tier of the least weight, and as little as the total needs', () => {
    const rates = [50, 30, 20];
    const { premium, basic } = bestLevels(160, [claim('premium', [100], { weight: 4 }), claim('basic', rates)]);
    expect(premium).toBe(RESTS);
    expect(passing(rates, basic)).toBeGreaterThan(54);
    expect(passing(rates, basic)).toBeLessThan(60.6);
  });

  test('trim few keys by much rather than many by little where clients try again', () => {
    const many = Array.from({ length: 20 }, () => 5);
    const few = [100];
    const levels = bestLevels(150, [claim('many', many, { attempts: 3 }), claim('few', few, { attempts: 3 })]);
    expect([levels.many, levels.few].filter((level) => level === RESTS)).toHaveLength(1);
  });

  test('credit nothing beyond a tier’s share', () => {
    const greedy = claim('greedy', [100], { weight: 4, share: 40 });
    const { greedy: level, modest } = bestLevels(100, [greedy, claim('modest', [60])]);
    expect(modest).toBe(RESTS);
    expect(level).toBeGreaterThan(35);
    expect(level).toBeLessThan(41);
  });

  test('keep every tier its floor, whatever another would gain', () => {
    const rates = [50, 50];
    const { basic = 0 } = bestLevels(150, [
      claim('premium', [100], { weight: 10 }),
      claim('basic', rates, { floor: 80 }),
    ]);
    // Levels come in steps, and a floor counts as met from 97 % of it.
    expect(passing(rates, basic)).toBeGreaterThanOrEqual(0.95 * 80);
  });

  test('where nothing else decides, spare the tier that is sacrificed later', () => {
    const one = claim('one', [100]);
    const two = claim('two', [100], { rank: 1 });
    const levels = [bestLevels(120, [one, two]), bestLevels(120, [two, one])];
    for (const { one: level = 0, two: spared = 0 } of levels) expect(spared).toBeGreaterThan(2 * level);
  });

  test('go higher where a limit passes less than the mean rates say', () => {
    const rates = [50, 30, 20];
    const full = bestLevels(60, [claim('basic', rates)]).basic ?? 0;
    const poor = bestLevels(60, [claim('basic', rates, { fill: 0.8 })]).basic ?? 0;
    expect(passing(rates, full)).toBeLessThan(61);
    expect(0.8 * passing(rates, poor)).toBeLessThan(61);
    expect(poor).toBeGreaterThan(1.2 * full);
  });

  test('never exceed what a key may send at rest', () => {
    const levels = bestLevels(60, [claim('basic', [50, 50], { restingRps: 25 })]);
    expect(levels).toEqual({ basic: RESTS });
  });
});

describe('what levels are worth', () => {
  const premium = claim('premium', [100], { weight: 4 });
  const basic = claim('basic', [60, 40]);

  test('by weight, within the total', () => {
    expect(worthOf({ premium: RESTS, basic: RESTS }, 200, [premium, basic])).toBeCloseTo(500, 3);
    expect(worthOf({ premium: RESTS, basic: 30 }, 200, [premium, basic])).toBeCloseTo(460, 3);
  });

  test('behind a stage that binds on everybody where they let through too much', () => {
    expect(worthOf({ premium: RESTS, basic: RESTS }, 100, [premium, basic])).toBeCloseTo(250, 0);
    expect(worthOf({}, 100, [premium, basic])).toBeCloseTo(250, 0);
  });

  test('at most every share by its weight', () => {
    expect(mostWorth([premium, { ...basic, share: 50, rank: 2 }])).toBeCloseTo(450 + 50 * 2e-6, 6);
    expect(mostWorth([])).toBe(0);
  });
});
