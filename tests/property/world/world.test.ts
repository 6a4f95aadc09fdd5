import { seededRandom } from '@tidegate/embedded-aws/kernel';
import fc from 'fast-check';
import { decimal } from '../../../embedded-aws/tests/support/even-decimal.ts';
import { omniscientShares } from '../../../rehearsal/world/omniscient.ts';
import { TimeWheel } from '../../../rehearsal/world/time-wheel.ts';
import { WeightedChoice, zipfShares } from '../../../rehearsal/world/traffic/skew.ts';

const units = decimal(0, 10_000);
const tiers = fc.array(
  fc.record({
    weight: decimal(0.1, 20),
    floorShare: decimal(0, 1),
    sacrificeRank: fc.integer({ min: 0, max: 5 }),
    demand: units,
    usualShare: decimal(0, 1),
  }),
  { minLength: 1, maxLength: 6 },
);
const demandOf = (rows: readonly { demand: number; usualShare: number }[]) =>
  rows.map(({ demand, usualShare }) => ({ usual: usualShare * demand, total: demand }));
const sharesOf = (...args: Parameters<typeof omniscientShares>) =>
  omniscientShares(...args).map(({ due, excess }) => due + excess);
const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

describe('the omniscient allocator', () => {
  it('serves all of the smaller of demand and capacity, and nobody beyond demand', () => {
    fc.assert(
      fc.property(tiers, units, (rows, capacity) => {
        const demand = rows.map((row) => row.demand);
        const terms = rows.map((row, index) => ({ ...row, name: `t${index}` }));
        const shares = sharesOf(terms, demandOf(rows), capacity);
        const expected = Math.min(total(demand), capacity);
        expect(Math.abs(total(shares) - expected)).toBeLessThanOrEqual(1e-6 * Math.max(1, expected));
        shares.forEach((share, index) => {
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual((demand[index] ?? 0) * (1 + 1e-9));
        });
      }),
    );
  });

  it('never gives a tier less because there is more', () => {
    fc.assert(
      fc.property(tiers, units, units, (rows, capacity, more) => {
        const terms = rows.map((row, index) => ({ ...row, floorShare: 0, name: `t${index}` }));
        const before = sharesOf(terms, demandOf(rows), capacity);
        const after = sharesOf(terms, demandOf(rows), capacity + more);
        after.forEach((share, index) => {
          expect(share).toBeGreaterThanOrEqual((before[index] ?? 0) - 1e-6 * (1 + capacity));
        });
      }),
    );
  });
});

describe('a weighted choice', () => {
  it('picks in proportion, and never what has no weight', () => {
    fc.assert(
      fc.property(
        fc
          .array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 12 })
          .filter((weights) => total(weights) > 0),
        fc.integer({ min: 0, max: 2 ** 31 }),
        (weights, seed) => {
          const choice = new WeightedChoice(weights);
          const random = seededRandom(seed);
          const counts = weights.map(() => 0);
          for (let i = 0; i < 4000; i++) {
            const picked = choice.pick(random);
            counts[picked] = (counts[picked] ?? 0) + 1;
          }
          weights.forEach((weight, index) => {
            const share = weight / total(weights);
            // Five standard deviations of a binomial share.
            expect(Math.abs((counts[index] ?? 0) / 4000 - share)).toBeLessThanOrEqual(5 * Math.sqrt(share / 4000));
          });
        },
      ),
    );
  });

  it('needs a weight', () => {
    expect(() => new WeightedChoice([0, 0])).toThrow(RangeError);
  });
});

describe('Zipf shares', () => {
  it('fall with the rank and add up to one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), decimal(0, 3), (count, exponent) => {
        const shares = zipfShares(count, exponent);
        expect(total(shares)).toBeCloseTo(1);
        shares.forEach((share, index) => {
          expect(share).toBeLessThanOrEqual(shares[index - 1] ?? 1);
        });
      }),
    );
  });
});

describe('a time wheel', () => {
  it('gives everything back at its millisecond, in the order it was added', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 999 }), { maxLength: 200 }), (delays) => {
        const startMs = Date.UTC(2031, 0, 1);
        const wheel = new TimeWheel<number>(1000);
        delays.forEach((delay, index) => {
          wheel.add(startMs + delay, index);
        });
        const taken: number[] = [];
        for (let ms = 0; ms < 1000; ms++) {
          for (const index of wheel.take(startMs + ms) ?? []) {
            expect(delays[index]).toBe(ms);
            taken.push(index);
          }
        }
        const expected = delays.map((_, index) => index).sort((a, b) => (delays[a] ?? 0) - (delays[b] ?? 0) || a - b);
        expect(taken).toEqual(expected);
      }),
    );
  });
});
