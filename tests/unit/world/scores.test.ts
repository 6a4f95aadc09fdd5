import { ScoreKeeper } from '../../../rehearsal/world/scores.ts';
import type { FirstAttempt } from '../../../rehearsal/world/scoring/first-attempt.ts';

const OPTIONS = {
  tiers: [
    { name: 'premium', weight: 4, floorShare: 0, sacrificeRank: 1 },
    { name: 'basic', weight: 1, floorShare: 0, sacrificeRank: 0 },
  ],
  keyTiers: [0, 1],
  onsetSeconds: 5,
  surgeEndSeconds: 300,
  latencyBoundMs: 500,
};

function attempt(overrides: Partial<FirstAttempt> = {}): FirstAttempt {
  return {
    tierIndex: 0,
    keyIndex: 0,
    cost: 1,
    isWithinContract: true,
    isUsual: true,
    isHonest: false,
    arrivalSeconds: 0,
    ...overrides,
  };
}

const PREMIUM = attempt();
const BASIC = attempt({ tierIndex: 1, keyIndex: 1 });

/** Closes seconds with or without a violation; `x` is a bad one. */
function play(keeper: ScoreKeeper, seconds: string): void {
  for (const second of seconds) {
    keeper.completed(undefined, second === 'x' ? 503 : 200, 10);
    keeper.closeSecond(100, 0);
  }
}

describe('goodput', () => {
  it('relates what was served in time to what the omniscient allocator serves, in cost units', () => {
    const keeper = new ScoreKeeper(OPTIONS);
    // Premium asks for 8 + 4, basic for 6 units of a capacity of 10: by weight 8 and 2.
    for (let i = 0; i < 8; i++) keeper.arrived(PREMIUM);
    keeper.arrived(attempt({ cost: 4 }));
    for (let i = 0; i < 6; i++) keeper.arrived(BASIC);
    for (let i = 0; i < 2; i++) keeper.completed(PREMIUM, 200, 500);
    keeper.completed(attempt({ cost: 4 }), 200, 100);
    keeper.completed(BASIC, 200, 100);
    keeper.closeSecond(10, 0);
    const { goodputRatio, goodputRatioByTier } = keeper.result();
    expect(goodputRatioByTier).toEqual({ premium: 6 / 8, basic: 0.5 });
    expect(goodputRatio).toBe(0.7);
  });

  it.each([
    ['late', PREMIUM, 200, 501],
    ['failed', PREMIUM, 503, 100],
    ['a client error', PREMIUM, 404, 100],
    ['a retry', undefined, 200, 100],
  ])('does not count an answer that is %s', (_, what, status, latencyMs) => {
    const keeper = new ScoreKeeper(OPTIONS);
    keeper.arrived(PREMIUM);
    keeper.completed(what, status, latencyMs);
    keeper.closeSecond(10, 0);
    expect(keeper.result().goodputRatio).toBe(0);
  });

  it('demands nothing for what is beyond the contract', () => {
    const keeper = new ScoreKeeper(OPTIONS);
    keeper.arrived(PREMIUM);
    keeper.arrived(attempt({ isWithinContract: false, cost: 4 }));
    keeper.completed(PREMIUM, 200, 100);
    keeper.closeSecond(10, 0);
    expect(keeper.result().goodputRatio).toBe(1);
  });

  it('is whole for a run without demand', () => {
    expect(new ScoreKeeper(OPTIONS).result()).toEqual({
      goodputRatio: 1,
      goodputRatioByTier: { premium: 1, basic: 1 },
      dueGrantedByTier: { premium: 1, basic: 1 },
      weightedGoodputRatio: 1,
      stressSeconds: 0,
      stressRatio: 1,
      premiumWithinGuarantee: 1,
      jain: 1,
      honestServedByTier: { premium: 1, basic: 1 },
      honestPremiumServed: 1,
      honestByTier: { premium: { asked: 0, served: 0 }, basic: { asked: 0, served: 0 } },
      falseThrottleRatio: 0,
      violationSeconds: 0,
      longestViolationSeconds: 0,
      secondsToMitigate: 0,
    });
  });
});

describe('honest clients', () => {
  const at = (arrivalSeconds: number, rest: Partial<FirstAttempt> = {}) =>
    attempt({ isHonest: true, arrivalSeconds, ...rest });
  const basic = { tierIndex: 1, keyIndex: 1 };

  it('are judged by tier from a minute after onset to the end of the surge, by arrival', () => {
    const keeper = new ScoreKeeper(OPTIONS);
    const answered = new Set([64.9, 200, 300]);
    for (const seconds of [64.9, 65, 100, 200, 299.9, 300]) {
      if (seconds === 200) {
        keeper.arrived(at(150, basic));
        keeper.arrived(at(150, { ...basic, isWithinContract: false }));
        keeper.completed(at(150, basic), 200, 500);
      }
      keeper.arrived(seconds === 100 ? attempt({ arrivalSeconds: seconds }) : at(seconds));
      if (answered.has(seconds)) keeper.completed(at(seconds), 200, 100);
    }
    const { honestServedByTier, honestPremiumServed } = keeper.result();
    expect(honestServedByTier).toEqual({ premium: 0.333333, basic: 0.5 });
    expect(honestPremiumServed).toBe(0.333333);
  });

  it('are counted over the whole story after its prelude', () => {
    const keeper = new ScoreKeeper({ ...OPTIONS, preludeSeconds: 3 });
    for (const seconds of [2.9, 3, 400]) {
      keeper.arrived(at(seconds, basic));
      keeper.completed(at(seconds, basic), 200, seconds === 400 ? 501 : 100);
    }
    keeper.arrived(attempt({ arrivalSeconds: 401 }));
    expect(keeper.result().honestByTier).toEqual({ premium: { asked: 0, served: 0 }, basic: { asked: 2, served: 1 } });
  });
});

describe('false throttles', () => {
  it('are what would have fitted into the idle capacity of their second', () => {
    const keeper = new ScoreKeeper(OPTIONS);
    for (let i = 0; i < 20; i++) keeper.arrived(PREMIUM);
    for (let i = 0; i < 8; i++) keeper.refusedWithinContract(1);
    keeper.closeSecond(100, 3); // 3 of 8 fitted.
    keeper.refusedWithinContract(1);
    keeper.closeSecond(100, 50); // 1 of 1.
    keeper.closeSecond(100, 50); // Idle, but nobody was refused.
    expect(keeper.result().falseThrottleRatio).toBe(4 / 20);
  });
});

describe('violations', () => {
  it.each([
    [9, 1, false],
    [8, 1, true],
  ])('%d good and %d bad completions: %s', (good, bad, expected) => {
    const keeper = new ScoreKeeper(OPTIONS);
    for (let i = 0; i < good; i++) keeper.completed(undefined, 200, 100);
    for (let i = 0; i < bad; i++) keeper.completed(PREMIUM, 200, 900);
    expect(keeper.closeSecond(100, 0)).toBe(expected);
    expect(keeper.result().violationSeconds).toBe(expected ? 1 : 0);
  });

  it('need completions', () => {
    expect(new ScoreKeeper(OPTIONS).closeSecond(100, 0)).toBe(false);
  });
});

describe('the longest episode', () => {
  it.each([
    ['....', 0],
    ['.xx.x..xxx....', 9],
    ['xx...xxx', 3],
    ['xxx...x', 3],
  ])('%s: %d s', (seconds, expected) => {
    const keeper = new ScoreKeeper(OPTIONS);
    play(keeper, seconds);
    expect(keeper.result().longestViolationSeconds).toBe(expected);
  });
});

describe('mitigation', () => {
  it.each([
    ['never violated', '....................', 0],
    ['violated before onset only', 'xxxxx..............', 0],
    ['ten clean seconds', '......xxx..........', 4],
    ['nine clean seconds are not ten', '.....xxx.........x', null],
    ['a relapse starts the count afresh', '.....xx...x..........', 6],
    ['later violations do not undo it', '.....x..........xxx', 1],
  ])('%s', (_, seconds, expected) => {
    const keeper = new ScoreKeeper(OPTIONS);
    play(keeper, seconds);
    expect(keeper.result().secondsToMitigate).toBe(expected);
  });

  it('does not count once the surge is over', () => {
    const keeper = new ScoreKeeper({ ...OPTIONS, surgeEndSeconds: 8 });
    play(keeper, '.....xxx..........');
    expect(keeper.result().secondsToMitigate).toBeNull();
  });
});
