import fc from 'fast-check';
import { matches } from '../../../services/events/pattern.ts';

const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
const event = fc.dictionary(
  fc.stringMatching(/^[a-z]{1,4}$/),
  fc.oneof(leaf, fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), leaf, { minKeys: 1, maxKeys: 3 })),
  { minKeys: 1, maxKeys: 4 },
);

/** The pattern that lists exactly an event's own values. */
function patternOf(value: Record<string, unknown>): Record<string, unknown> {
  const members = Object.entries(value).map(([name, member]) => {
    const isNested = typeof member === 'object' && member !== null;
    return [name, isNested ? patternOf(member as Record<string, unknown>) : [member]];
  });
  return Object.fromEntries(members);
}

test('an event fits the pattern made of it, with any further members', () => {
  fc.assert(
    fc.property(event, event, (given, more) => {
      expect(matches(patternOf(given), given)).toBe(true);
      expect(matches(patternOf(given), { ...more, ...given })).toBe(true);
    }),
  );
});

test('a pattern that wants one member more fits no longer', () => {
  fc.assert(
    fc.property(event, leaf, (given, value) => {
      expect(matches({ ...patternOf(given), wanted: [value] }, given)).toBe(false);
    }),
  );
});

test('anything-but is the opposite of the value, exists false of exists true', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (wanted, value) => {
      const given = { name: value };
      expect(matches({ name: [{ 'anything-but': wanted }] }, given)).toBe(!matches({ name: [wanted] }, given));
      expect(matches({ name: [{ exists: false }] }, given)).toBe(!matches({ name: [{ exists: true }] }, given));
    }),
  );
});

test('prefix, suffix and wildcard agree on any split of a text', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (start, end) => {
      const given = { name: start + end };
      const literal = (text: string) => text.replace(/[\\*]/g, '\\$&');
      expect(matches({ name: [{ prefix: start }] }, given)).toBe(true);
      expect(matches({ name: [{ suffix: end }] }, given)).toBe(true);
      expect(matches({ name: [{ wildcard: `${literal(start)}*${literal(end)}` }] }, given)).toBe(true);
    }),
  );
});

test('alternatives: $or fits when one of them does', () => {
  fc.assert(
    fc.property(event, event, (one, other) => {
      const isEither = matches(patternOf(one), other) || matches(patternOf(other), other);
      expect(matches({ $or: [patternOf(one), patternOf(other)] }, other)).toBe(isEither);
    }),
  );
});
