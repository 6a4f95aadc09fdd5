import { bounded, LEAST_RATE_RPS } from '../../../shared/limits/bounds.ts';
import { isSameLimit } from '../../../shared/limits/limit.ts';

const ACCOUNT = { rateRps: 10_000, burst: 5_000 };
const limit = (rateRps: number, burst: number) => ({ rateRps, burst });

describe('a wanted limit', () => {
  test.each([
    ['no number', limit(Number.NaN, 1), 'a rate of NaN rps'],
    ['endless', limit(Number.POSITIVE_INFINITY, 1), 'a rate of Infinity rps'],
    ['next to nothing', limit(0.099, 1), 'a rate of 0.099 rps'],
    ['without a number for its burst', limit(5, Number.NaN), 'a burst of NaN'],
    ['of an endless burst', limit(5, Number.POSITIVE_INFINITY), 'a burst of Infinity'],
    ['of a burst in which no request fits', limit(5, 0.9), 'a burst of 0.9'],
  ])('that is %s is refused, and the refusal says what was wanted', (_, wanted, what) => {
    expect(bounded(wanted, ACCOUNT)).toEqual({ kind: 'refused', why: `${what} is out of bounds` });
  });

  test.each([
    ['no rate', limit(0, 5_000)],
    ['no burst', limit(10_000, 0)],
    ['no number', limit(Number.NaN, Number.NaN)],
  ])('is refused while the account is said to have %s: nothing could bound it', (_, account) => {
    expect(bounded(limit(5, 5), account)).toEqual({
      kind: 'refused',
      why: 'an account without a limit is out of bounds',
    });
  });

  test.each([
    ['the least that may be written', limit(LEAST_RATE_RPS, 1), ACCOUNT, limit(0.1, 1)],
    ['the least, in the least of all accounts', limit(5, 5), limit(LEAST_RATE_RPS, 1), limit(0.1, 1)],
    ["more than the account's rate", limit(20_000, 10), ACCOUNT, limit(10_000, 10)],
    ["more than the account's burst", limit(10, 20_000), ACCOUNT, limit(10, 5_000)],
    ['a fraction of a burst', limit(10, 7.9), ACCOUNT, limit(10, 7)],
    ['more decimals than are kept', limit(12.349, 7), ACCOUNT, limit(12.34, 7)],
    ['a rate whose hundredths are no exact float', limit(0.29, 7), ACCOUNT, limit(0.29, 7)],
  ])('of %s is written as near to it as is allowed, never above it', (_, wanted, account, written) => {
    expect(bounded(wanted, account)).toEqual({ kind: 'limit', limit: written });
  });
});

test.each([
  ['the same', limit(12.34, 5), limit(12.34, 5), true],
  ['a float of another spelling', limit(12.34, 5), limit(12.339999771118164, 5), true],
  ['a hundredth more', limit(12.34, 5), limit(12.35, 5), false],
  ['a hundredth less', limit(12.34, 5), limit(12.33, 5), false],
  ['half a hundredth', limit(0.005, 5), limit(0, 5), false],
  ['another burst', limit(12.34, 5), limit(12.34, 6), false],
])('an answer of %s is told apart from what was sent exactly as far as two decimals go', (_, sent, answer, isSame) => {
  expect(isSameLimit(sent, answer)).toBe(isSame);
});
