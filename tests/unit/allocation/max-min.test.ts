import { type Claim, weightedMaxMin } from '../../../shared/law/allocation/max-min.ts';

const claim = (id: string, weight: number, floor: number, demand: number, change: Partial<Claim> = {}): Claim => ({
  id,
  weight,
  floor,
  ceiling: 1000,
  demand,
  sacrificeRank: 2,
  ...change,
});

test.each([
  [0, 0, 0],
  [5, 0, 5],
  [10, 0, 10],
  [12, 2, 10],
  [50, 12.5, 37.5],
  [200, 50, 150],
  [400, 100, 300],
  [500, 100, 400],
  [600, 100, 500],
  [700, 100, 500],
])('%d is shared by weight 1 to 3, above a floor of 10 and up to demands of 100 and 500', (total, a, b) => {
  const shares = weightedMaxMin(total, [claim('b', 3, 10, 500), claim('a', 1, 0, 100)]);
  expect(shares.a).toBeCloseTo(a, 9);
  expect(shares.b).toBeCloseTo(b, 9);
});

test('what a claim may not have because of its ceiling goes to the others', () => {
  const shares = weightedMaxMin(300, [claim('a', 1, 0, 500), claim('b', 3, 0, 500, { ceiling: 60 })]);
  expect(shares).toEqual({ a: 240, b: 60 });
});

test('a floor raises a share while the common level is below the floor, and no longer', () => {
  const list = [claim('a', 1, 80, 500), claim('b', 1, 0, 500)];
  expect(weightedMaxMin(100, list)).toEqual({ a: 80, b: 20 });
  expect(weightedMaxMin(200, list)).toEqual({ a: 100, b: 100 });
});

test('claims of equal rank share a shortage in proportion to their floors, and no claims get no shares', () => {
  const order = { sacrificeRank: 1 };
  const list = [claim('a', 1, 300, 500, order), claim('b', 1, 100, 500, order), claim('c', 1, 200, 500)];
  expect(weightedMaxMin(300, list)).toEqual({ a: 75, b: 25, c: 200 });
  expect(weightedMaxMin(0, list)).toEqual({ a: 0, b: 0, c: 0 });
  expect(weightedMaxMin(100, [])).toEqual({});
});
