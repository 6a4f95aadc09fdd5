import type { Seen } from '../../../shared/law/next/asking/asked-demand.ts';
import { learnUsual, usualOf } from '../../../shared/law/next/asking/usual.ts';
import type { Usual } from '../../../shared/law/next/next-state.ts';

const seen = (rates: Readonly<Record<string, number>>): Record<string, Seen> =>
  Object.fromEntries(
    Object.entries(rates).map(([key, rps]) => [
      key,
      { tier: 'basic', count: 1, asked: { '/data/GET': rps }, refusedShare: 0, lostShare: 0 },
    ]),
  );
const learned = (rates: Readonly<Record<string, number>>, windows: number, from?: Usual): Usual => {
  let usual = from ?? { seconds: 0, keys: {}, rest: {} };
  for (let window = 0; window < windows; window++) usual = learnUsual(usual, seen(rates), 10);
  return usual;
};

describe('what is usual', () => {
  const calm = learned({ a: 1, b: 2, c: 3 }, 360);

  test('is what each key asks for in calm', () => {
    expect(usualOf(calm, 'a', 'basic')).toBeCloseTo(1);
    expect(usualOf(calm, 'c', 'basic')).toBeCloseTo(3);
  });

  test("is for a new key what is usual in its tier, and nothing known in another's", () => {
    expect(usualOf(calm, 'stranger', 'basic')).toBeCloseTo(2);
    expect(usualOf(calm, 'stranger', 'premium')).toBeUndefined();
  });

  test('is for a newcomer in calm no more than a busy key of its tier asks for', () => {
    expect(usualOf(learned({ a: 1, b: 2, c: 3, runaway: 500 }, 1, calm), 'runaway', 'basic')).toBeLessThan(7);
  });

  test('moves at most half of the way in its half-life', () => {
    const poisoned = learned({ a: 100, b: 2, c: 3 }, 180, calm);
    expect(usualOf(poisoned, 'a', 'basic')).toBeLessThan(51);
  });

  test('of keys that were known is not forgotten for a flood of new ones', () => {
    const flood = Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`new-${index}`, 50]));
    const flooded = learned({ a: 1, b: 2, c: 3, ...flood }, 3, calm);
    expect(Object.keys(flooded.keys)).toHaveLength(256);
    expect(usualOf(flooded, 'a', 'basic')).toBeCloseTo(1);
  });
});
