import fc from 'fast-check';
import { decimal } from '../../../embedded-aws/tests/support/even-decimal.ts';
import { calls, planPatch, stagePatch } from '../../../shared/gateway/patch.ts';
import { bounded, LEAST_RATE_RPS } from '../../../shared/limits/bounds.ts';
import { isMethodKey, methodKeyOf, settingsKeyOf } from '../../../shared/limits/method-key.ts';

const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(0, -0, Number.NaN, Number.POSITIVE_INFINITY, 1e-9));
const limit = fc.record({ rateRps: number, burst: number });
const account = fc.record({ rateRps: fc.integer({ min: 1, max: 20_000 }), burst: fc.integer({ min: 1, max: 5_000 }) });
const segment = fc.stringMatching(/^[A-Za-z0-9{}._-]{1,12}$/);
const verb = fc.constantFrom('GET', 'POST', 'PUT', '*');
const method = fc.tuple(fc.array(segment, { maxLength: 3 }), verb).map(([path, name]) => `/${path.join('/')}/${name}`);
const anyName = fc.oneof(
  method,
  fc.constantFrom('*/*', 'all', '__proto__', '/deploymentId', '/variables/x', '/canarySettings/percentTraffic'),
  fc.string(),
);

const PATH = /^\/.+\/(\*|GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|ANY)\/throttling\/(rateLimit|burstLimit)$/;

describe('no patch', () => {
  test('of a stage leaves the allow-list or the bounds, whatever is wanted and whatever the stage holds', () => {
    const settings = fc.dictionary(
      anyName,
      fc.array(fc.oneof(method.map(settingsKeyOf), fc.string()), { maxLength: 2 }),
    );
    fc.assert(
      fc.property(fc.dictionary(anyName, limit), settings, account, (wanted, settingsKeys, most) => {
        const patch = stagePatch(wanted, settingsKeys, most);
        if (patch.kind === 'refused') return;
        for (const { op, path = '', value = '' } of patch.operations) {
          expect(op).toBe('replace');
          expect(path).toMatch(PATH);
          expectWithin(path, Number(value), most);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('of a plan touches anything but its throttle', () => {
    fc.assert(
      fc.property(limit, account, (wanted, most) => {
        const patch = planPatch(wanted, most);
        if (patch.kind === 'refused') return;
        expect(patch.operations.map(({ path }) => path)).toEqual(['/throttle/rateLimit', '/throttle/burstLimit']);
        for (const { path = '', value } of patch.operations) expectWithin(path, Number(value), most);
      }),
    );
  });
});

function expectWithin(path: string, value: number, most: { rateRps: number; burst: number }) {
  const isRate = path.endsWith('rateLimit');
  expect(value).toBeGreaterThanOrEqual(isRate ? LEAST_RATE_RPS : 1);
  expect(value).toBeLessThanOrEqual(isRate ? most.rateRps : most.burst);
  expect(isRate || Number.isInteger(value)).toBe(true);
}

test('a sensible limit is never refused, and bounding it twice changes nothing', () => {
  const sensible = fc.record({
    rateRps: decimal(LEAST_RATE_RPS, 1e6),
    burst: decimal(1, 1e6),
  });
  fc.assert(
    fc.property(sensible, account, (wanted, most) => {
      const once = bounded(wanted, most);
      expect(once.kind).toBe('limit');
      if (once.kind === 'limit') expect(bounded(once.limit, most)).toEqual(once);
    }),
  );
});

test('the spelling of a settings key comes back as the same method', () => {
  fc.assert(
    fc.property(method, (name) => {
      expect(isMethodKey(name)).toBe(true);
      expect(methodKeyOf(settingsKeyOf(name))).toBe(name);
    }),
  );
});

test('calls keep every operation, in order, and never part a pair', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 300 }), (pairs) => {
      const operations = Array.from({ length: pairs * 2 }, (_, index) => ({
        op: 'replace' as const,
        path: `/${index}`,
      }));
      const slices = calls(operations);
      expect(slices.flat()).toEqual(operations);
      expect(slices.every((slice) => slice.length <= 80 && slice.length % 2 === 0)).toBe(true);
    }),
  );
});
