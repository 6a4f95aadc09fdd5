import fc from 'fast-check';
import { decimal } from '../../../embedded-aws/tests/support/even-decimal.ts';
import { explainOverrideProblems, parseOverride } from '../../../shared/policy/parse-override.ts';

const limit = fc.record({
  rateRps: decimal(0.1, 1e6),
  burst: fc.integer({ min: 1, max: 1e6 }),
});
const until = fc
  .date({ min: new Date(0), max: new Date('9999-01-01T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString());
/** As high as any limit can be. */
const MOST = { rateRps: 1e6, burst: 1e6 };
const DEPLOYED = { baseline: { stage: MOST, tiers: { basic: MOST } } };
const reason = fc.option(fc.string({ minLength: 1, maxLength: 200 }), { nil: undefined });
const nagAfterSeconds = fc.option(decimal(60, 604_800), { nil: undefined });
const common = { reason, nagAfterSeconds };

const good = fc.oneof(
  fc.record({ action: fc.constant('pause'), ...common }),
  fc.record({ action: fc.constant('kill'), floor: fc.option(limit, { nil: undefined }), ...common }),
  fc.record({ action: fc.constant('pin'), until, stage: limit, ...common }),
  fc.record({ action: fc.constant('pin'), until, tiers: fc.record({ basic: limit }), ...common }),
  fc.record({ action: fc.constant('resume'), reason }),
);

test('what the schema allows is accepted, and means what it says', () => {
  fc.assert(
    fc.property(good, (override) => {
      const text = JSON.stringify(override);
      expect(parseOverride(text, DEPLOYED)).toEqual({ ok: true, override: JSON.parse(text) });
    }),
  );
});

test('no text makes the parser throw, and whatever is refused comes with a path and a remedy', () => {
  const document = fc.oneof(
    fc.string(),
    fc.json(),
    fc.json().map((value) => `{"action":"kill","floor":${value}}`),
    fc.json().map((value) => `{"action":"pin","until":"2031-05-01T12:30:00Z","tiers":${value}}`),
  );
  fc.assert(
    fc.property(document, (text) => {
      const parsed = parseOverride(text, DEPLOYED);
      if (parsed.ok) return;
      expect(parsed.problems.length).toBeGreaterThan(0);
      for (const { path, fix } of parsed.problems) expect([path, fix]).not.toContain('');
      expect(explainOverrideProblems(parsed.problems)).toMatch(/^The override was refused: \d+ problems?\.\n1\. /);
    }),
    { numRuns: 300 },
  );
});
