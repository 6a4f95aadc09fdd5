import fc from 'fast-check';
import { TokenBucket } from '../../../gateway/enforcement/token-bucket.ts';
import { decimal } from '../../support/even-decimal.ts';

const limit = fc.record({
  rateRps: decimal(0.1, 5_000),
  burst: fc.integer({ min: 1, max: 5_000 }),
});
const slack = fc.constantFrom(0, 0.01, 0.03);
const gapsMs = fc.array(decimal(0, 2_000), { minLength: 1, maxLength: 200 });

/** When each admitted request was, of `perGap` asked after every gap. */
function admissionTimes(bucket: TokenBucket, gaps: readonly number[], perGap: number): number[] {
  const times: number[] = [];
  let nowMs = 0;
  for (const gapMs of gaps) {
    nowMs += gapMs;
    for (let count = 0; count < perGap; count++) if (bucket.take(nowMs)) times.push(nowMs);
  }
  return times;
}

describe('a token bucket', () => {
  test('never admits more than its burst and what flows in, over any interval', () => {
    fc.assert(
      fc.property(limit, slack, gapsMs, fc.integer({ min: 1, max: 50 }), (given, share, gaps, perGap) => {
        const times = admissionTimes(new TokenBucket(given, share, 0), gaps, perGap);
        for (const [first, startMs] of times.entries()) {
          for (let last = first; last < times.length; last += 11) {
            const seconds = ((times[last] ?? 0) - startMs) / 1000;
            const most = given.burst + given.rateRps * (1 + share) * seconds;
            if (last - first + 1 > most + 1e-6)
              throw new Error(`${last - first + 1} admitted in ${seconds} s, at most ${most}`);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test('admits its rate, slack included, when asked for more', () => {
    fc.assert(
      // With room for two tokens none flows over between dense asks; only the first refill meets a full bucket.
      fc.property(limit, slack, (given, share) => {
        const burst = given.burst + 1;
        const bucket = new TokenBucket({ ...given, burst }, share, 0);
        const seconds = Math.min(1_000, 10_000 / given.rateRps);
        const asks = Math.ceil(given.rateRps * seconds * 1.5) + burst;
        const stepMs = (seconds * 1000) / asks;
        let admitted = 0;
        for (let ask = 1; ask <= asks; ask++) if (bucket.take(ask * stepMs)) admitted++;
        const due = burst + given.rateRps * (1 + share) * seconds;
        expect(admitted).toBeLessThanOrEqual(due + 1e-6);
        expect(admitted).toBeGreaterThan(due - 2);
      }),
      { numRuns: 60 },
    );
  });

  test('a changed limit keeps its tokens, but no more than the new burst', () => {
    fc.assert(
      fc.property(limit, limit, fc.integer({ min: 0, max: 5_000 }), (before, after, spent) => {
        const bucket = new TokenBucket(before, 0, 0);
        let left = before.burst;
        for (let count = 0; count < spent; count++) if (bucket.take(0)) left--;
        bucket.setLimit(after, 0);
        let admitted = 0;
        while (bucket.take(0)) admitted++;
        expect(admitted).toBe(Math.min(left, after.burst));
      }),
      { numRuns: 60 },
    );
  });
});
