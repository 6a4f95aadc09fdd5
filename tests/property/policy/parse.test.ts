import fc from 'fast-check';
import { decimal } from '../../../embedded-aws/tests/support/even-decimal.ts';
import { duplicateKeys } from '../../../shared/policy/duplicate-keys.ts';
import { parsePolicy } from '../../../shared/policy/parse.ts';

test('no text makes the parser throw, and a refusal always names a problem', () => {
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc.json().map((value) => `{"api":"a/b","objective":${value}}`),
  );
  fc.assert(
    fc.property(text, (document) => {
      const parsed = parsePolicy(document);
      expect(parsed.ok || parsed.problems.length > 0).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('no depth of nesting makes the parser throw', () => {
  const opening = fc.constantFrom('[', '{"x":', '{"tiers":', '[[{"a":');
  fc.assert(
    fc.property(opening, fc.integer({ min: 1, max: 4000 }), (open, levels) => {
      const close = [...open.replaceAll(/"[^"]*":/g, '')]
        .reverse()
        .map((each) => (each === '[' ? ']' : '}'))
        .join('');
      expect(parsePolicy(`${open.repeat(levels)}1${close.repeat(levels)}`).ok).toBe(false);
    }),
  );
});

test('a document that was serialised has no field twice', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(duplicateKeys(JSON.stringify(value))).toEqual([]);
    }),
  );
});

test('what was parsed parses to the same again', () => {
  const share = decimal(0, 0.15);
  fc.assert(
    fc.property(share, share, (premium, basic) => {
      const first = parsePolicy(
        JSON.stringify({ api: 'a/b', tiers: { premium: { floorShare: premium }, basic: { floorShare: basic } } }),
      );
      if (!first.ok) throw new Error('a valid document was refused');
      const text = JSON.stringify(first.policy);
      expect(text.length > 4096 || parsePolicy(text)).toEqual(text.length > 4096 || first);
    }),
  );
});
