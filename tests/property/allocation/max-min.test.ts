import fc from 'fast-check';
import { decimal } from '../../../embedded-aws/tests/support/even-decimal.ts';
import { type Claim, weightedMaxMin } from '../../../shared/law/allocation/max-min.ts';

const amount = decimal(0, 1000);
const claim = fc.record({
  weight: decimal(0.1, 10),
  floor: amount,
  ceiling: amount,
  demand: amount,
  sacrificeRank: fc.integer({ min: 1, max: 4 }),
});
const claims = fc
  .array(claim, { minLength: 1, maxLength: 6 })
  .map((list) => list.map((one, index): Claim => ({ ...one, id: `tier-${index}` })));
const total = decimal(0, 3000);
const TOLERANCE = 1e-6;
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const share = (shares: Record<string, number>, id: string) => shares[id] ?? Number.NaN;

test('shares sum to the total, or to everything that the claims may have', () => {
  fc.assert(
    fc.property(total, claims, (all, list) => {
      const asked = sum(list.map((one) => Math.min(one.ceiling, one.demand)));
      expect(Math.abs(sum(Object.values(weightedMaxMin(all, list))) - Math.min(all, asked))).toBeLessThan(
        TOLERANCE * 1000,
      );
    }),
  );
});

test('nobody gets more than demand or ceiling; floors hold whenever they can all be met', () => {
  fc.assert(
    fc.property(total, claims, (all, list) => {
      const shares = weightedMaxMin(all, list);
      const floors = list.map((one) => Math.min(one.floor, one.ceiling, one.demand));
      const areMet = sum(floors) <= all;
      list.forEach((one, index) => {
        expect(share(shares, one.id)).toBeLessThanOrEqual(Math.min(one.ceiling, one.demand) + TOLERANCE);
        if (areMet) expect(share(shares, one.id)).toBeGreaterThanOrEqual((floors[index] ?? 0) - TOLERANCE);
      });
    }),
  );
});

function changed(list: readonly Claim[], change: (claim: Claim) => Claim): Claim[] {
  return list.map((one, index) => (index === 0 ? change(one) : one));
}

test('a claim that asks for more never gets less', () => {
  fc.assert(
    fc.property(total, claims, amount, (all, list, more) => {
      const before = share(weightedMaxMin(all, list), 'tier-0');
      const after = share(
        weightedMaxMin(
          all,
          changed(list, (one) => ({ ...one, demand: one.demand + more })),
        ),
        'tier-0',
      );
      expect(after).toBeGreaterThanOrEqual(before - TOLERANCE * 1000);
    }),
  );
});

test('a claim with a higher floor never gets less', () => {
  fc.assert(
    fc.property(total, claims, amount, (all, list, more) => {
      const before = share(weightedMaxMin(all, list), 'tier-0');
      const after = share(
        weightedMaxMin(
          all,
          changed(list, (one) => ({ ...one, floor: one.floor + more })),
        ),
        'tier-0',
      );
      expect(after).toBeGreaterThanOrEqual(before - TOLERANCE * 1000);
    }),
  );
});

test('a larger total never gives any claim less', () => {
  fc.assert(
    fc.property(total, amount, claims, (all, more, list) => {
      const before = weightedMaxMin(all, list);
      const after = weightedMaxMin(all + more, list);
      for (const { id } of list) expect(share(after, id)).toBeGreaterThanOrEqual(share(before, id) - TOLERANCE * 1000);
    }),
  );
});

test('the same claims in another order get the same shares', () => {
  fc.assert(
    fc.property(total, claims, (all, list) => {
      const forwards = weightedMaxMin(all, list);
      const backwards = weightedMaxMin(all, [...list].reverse());
      for (const { id } of list) expect(share(backwards, id)).toBeCloseTo(share(forwards, id), 6);
    }),
  );
});

test('when the total and every claim are multiplied by one factor, every share is multiplied by it', () => {
  fc.assert(
    fc.property(total, claims, decimal(0.5, 20), (all, list, factor) => {
      const scaled = list.map((one) => {
        return { ...one, floor: one.floor * factor, ceiling: one.ceiling * factor, demand: one.demand * factor };
      });
      const shares = weightedMaxMin(all, list);
      const larger = weightedMaxMin(all * factor, scaled);
      for (const { id } of list) expect(share(larger, id) / factor).toBeCloseTo(share(shares, id), 5);
    }),
  );
});

test('of two claims with equal demand and weight, the one that gives way later never gets less', () => {
  fc.assert(
    fc.property(total, claims, amount, amount, amount, (all, list, demand, floor, more) => {
      const equal = { weight: 1, ceiling: 1e6, demand };
      const premium: Claim = { ...equal, id: 'premium', floor: floor + more, sacrificeRank: 3 };
      const basic: Claim = { ...equal, id: 'basic', floor, sacrificeRank: 1 };
      const shares = weightedMaxMin(all, [...list, premium, basic]);
      expect(share(shares, 'premium')).toBeGreaterThanOrEqual(share(shares, 'basic') - TOLERANCE);
    }),
  );
});

test('the claim that gives way first loses its floor first', () => {
  const one = { weight: 1, ceiling: 1000, demand: 500, floor: 400 };
  const list: Claim[] = [
    { ...one, id: 'premium', sacrificeRank: 3 },
    { ...one, id: 'basic', sacrificeRank: 1 },
    { ...one, id: 'internal', sacrificeRank: 4 },
  ];
  expect(weightedMaxMin(900, list)).toEqual({ premium: 400, basic: 100, internal: 400 });
  expect(weightedMaxMin(500, list)).toEqual({ premium: 100, basic: 0, internal: 400 });
});
