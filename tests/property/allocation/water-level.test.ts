import fc from 'fast-check';
import { decimal } from '../../../embedded-aws/tests/support/even-decimal.ts';
import { admittedAt, type KeyDemand, waterLevel } from '../../../shared/law/allocation/water-level.ts';

const keys = fc.array(
  fc.record({
    rps: decimal(0.1, 1000),
    count: fc.integer({ min: 1, max: 50 }),
    costPerRequest: decimal(0.5, 5),
  }),
  { minLength: 1, maxLength: 30 },
);
const part = decimal(0, 1.5);

test('the level admits exactly the share, or everything when everything fits', () => {
  fc.assert(
    fc.property(keys, part, (list, fraction) => {
      const asked = admittedAt(Number.POSITIVE_INFINITY, list);
      const share = asked * fraction;
      const level = waterLevel(share, list);
      expect(admittedAt(level, list)).toBeCloseTo(Math.min(share, asked), 4);
      expect(level === Number.POSITIVE_INFINITY).toBe(share >= asked);
    }),
  );
});

test('a larger share never lowers the level; the order of keys does not matter', () => {
  fc.assert(
    fc.property(keys, part, part, (list, a, b) => {
      const asked = admittedAt(Number.POSITIVE_INFINITY, list);
      const [low, high] = [Math.min(a, b) * asked, Math.max(a, b) * asked];
      expect(waterLevel(high, list)).toBeGreaterThanOrEqual(waterLevel(low, list) - 1e-9);
      const reversed = waterLevel(low, [...list].reverse());
      expect(reversed === waterLevel(low, list) || Math.abs(reversed - waterLevel(low, list)) < 1e-6).toBe(true);
    }),
  );
});

test('a lump of equal keys is the same as the keys apart', () => {
  const lump: KeyDemand[] = [
    { rps: 10, count: 4, costPerRequest: 2 },
    { rps: 100, count: 1, costPerRequest: 1 },
  ];
  const apart: KeyDemand[] = [
    ...Array(4).fill({ rps: 10, count: 1, costPerRequest: 2 }),
    { rps: 100, count: 1, costPerRequest: 1 },
  ];
  expect(waterLevel(130, lump)).toBe(50);
  expect(waterLevel(130, apart)).toBe(50);
  expect(waterLevel(0, lump)).toBe(0);
  expect(waterLevel(5, [])).toBe(Number.POSITIVE_INFINITY);
});
