import { compilePattern } from '../../../services/logs/filters/filter-pattern.ts';

const throttled = JSON.stringify({
  status: '429',
  errorType: 'THROTTLED',
  latency: 12,
  tier: 'basic',
  nested: { a: [7] },
});

describe('filter patterns', () => {
  test.each([
    ['', 'anything', true],
    [' ', 'anything', true],
    ['ERROR', 'an ERROR here', true],
    ['ERROR', 'an error here', false],
    ['ERROR timeout', 'timeout, then ERROR', true],
    ['ERROR timeout', 'ERROR', false],
    ['"two words"', 'just two words', true],
    ['"two words"', 'words two', false],
    ['ERROR -debug', 'ERROR debug', false],
    ['?ERROR ?WARN', 'a WARN', true],
    ['?ERROR ?WARN', 'an INFO', false],
    ['{ $.errorType = "THROTTLED" }', throttled, true],
    ['{ $.errorType = THROTTLED }', throttled, true],
    ['{ $.errorType = "THR*" }', throttled, true],
    ['{ $.errorType = "QUOTA*" }', throttled, false],
    ['{ $.errorType != "QUOTA_EXCEEDED" }', throttled, true],
    ['{ $.absent != "x" }', throttled, false],
    ['{ $.status = 429 && $.tier = "basic" }', throttled, true],
    ['{ $.status = 200 || $.tier = "basic" }', throttled, true],
    ['{ ($.status = 200 || $.status = 429) && $.latency > 12 }', throttled, false],
    ['{ $.latency >= 12 && $.latency < 12.5 }', throttled, true],
    ['{ $.latency <= 1.1e1 }', throttled, false],
    ['{ $.nested.a[0] = 7 }', throttled, true],
    ['{ $.absent NOT EXISTS }', throttled, true],
    ['{ $.tier NOT EXISTS }', throttled, false],
    ['{ $.x IS NULL }', '{"x":null}', true],
    ['{ $.x IS TRUE }', '{"x":true}', true],
    ['{ $.x IS FALSE }', '{"x":true}', false],
    ['{ $.status = 429 }', 'plain text', false],
    ['{ $.status = 429 }', '{ broken', false],
  ])('%s on %s: %s', (pattern, message, expected) => {
    expect(compilePattern(pattern)(message)).toBe(expected);
  });

  test.each(['{ $.a = }', '{ $.a', '{ a = 1 }', '{ $.a = 1 } x', '{ $.a IS ODD }', '{ $.a ~ 1 }', '{ ($.a = 1 }'])(
    '%s is refused',
    (pattern) => {
      expect(() => compilePattern(pattern)).toThrow('Invalid filter pattern');
    },
  );

  test('space-delimited patterns are named as missing', () => {
    expect(() => compilePattern('[ip, user, status = 429]')).toThrow(
      expect.objectContaining({ code: 'NotImplemented' }),
    );
  });
});
