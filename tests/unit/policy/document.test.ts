import { explainDocument, LONGEST_DOCUMENT_BYTES, readDocument } from '../../../shared/policy/document.ts';
import { duplicateKeys } from '../../../shared/policy/duplicate-keys.ts';
import { parsePolicy } from '../../../shared/policy/parse.ts';

const FIX = 'look near that place for a missing comma, quote or brace; JSON has no comments and no trailing commas';

test('an explanation is short enough for a decision, however many and long the problems are', () => {
  const text = `{"api":"a/b","${'k'.repeat(2000)}":{${'"b":1,'.repeat(330)}"b":1}}`;
  const parsed = parsePolicy(text);
  const why = parsed.ok ? '' : explainDocument('policy', parsed.problems);
  expect(why.length).toBeLessThan(10_000);
  expect(why).toContain('331 problems');
  expect(why).toMatch(/… and 311 more\.$/);
});

describe('the text of a parameter', () => {
  test('that is JSON is read, and fields that occur twice are reported along', () => {
    expect(readDocument('{"a":1}')).toEqual({ ok: true, value: { a: 1 }, problems: [] });
    expect(readDocument('{"a":1,"a":2}')).toEqual({
      ok: true,
      value: { a: 2 },
      problems: [
        { path: 'a', expected: 'each field at most once', found: 'the field twice', fix: 'keep one of the two' },
      ],
    });
  });

  test('that is too long is refused with its length', () => {
    expect(readDocument('x'.repeat(4097))).toEqual({
      ok: false,
      problem: {
        path: '(document)',
        expected: 'at most 4096 bytes',
        found: '4097 bytes',
        fix: 'remove fields that only repeat their default',
      },
    });
  });

  test.each(['[', '{"x":'])('that is nested more deeply than any document is refused, however deep: %s', (opening) => {
    const refused = { path: '(document)', expected: 'at most 20 levels', fix: 'remove levels' };
    for (const levels of [21, 680, 2000]) {
      const text = `${opening.repeat(levels)}1${(opening === '[' ? ']' : '}').repeat(levels)}`.slice(0, 4096);
      expect(readDocument(text)).toEqual({
        ok: false,
        problem: { ...refused, found: expect.stringMatching(/levels$/) },
      });
      expect(parsePolicy(text)).toMatchObject({ ok: false });
    }
  });

  test('brackets within its texts are no levels', () => {
    expect(readDocument(JSON.stringify({ a: '['.repeat(100) }))).toMatchObject({ ok: true });
  });

  test.each([
    ['', 'Unexpected end of JSON input (line 1, column 1)', 'line 1, column 1'],
    ['{\n  "a":\n', 'Unexpected end of JSON input (line 3, column 1)', 'line 3, column 1'],
    ['x', 'Unexpected token \'x\', "x" is not valid JSON', undefined],
  ])('that is no JSON, %j, is placed where it breaks off', (text, message, place) => {
    const problem = {
      path: '(document)',
      expected: 'a JSON object',
      found: `invalid JSON: ${message}`,
      fix: FIX,
      place,
    };
    expect(readDocument(text)).toEqual({ ok: false, problem });
  });

  describe('on a runtime with other words', () => {
    afterEach(() => jest.restoreAllMocks());
    const found = (text: string, thrown: unknown) => {
      jest.spyOn(JSON, 'parse').mockImplementation(() => {
        throw thrown;
      });
      const read = readDocument(text);
      return read.ok ? undefined : read.problem.found;
    };

    test.each([
      ['Unexpected token } in JSON at position 14', ' (line 2, column 5)'],
      ['Unexpected token } in JSON at position 0', ' (line 1, column 1)'],
      ['Expected a name in JSON at position 14 (line 2 column 5)', ''],
      ['Expected a name in JSON at position 140 (line 12 column 34)', ''],
      ['No line, no column', ''],
    ])('%j is followed by the place, unless it says so itself: %j', (message, place) => {
      expect(found('{"api":1,\n   }', new SyntaxError(message))).toBe(`invalid JSON: ${message}${place}`);
    });

    test('even what is no error is told', () => {
      expect(found('{', 'broken')).toBe('invalid JSON: broken');
    });
  });
});

test('problems are told one by one, numbered, under one head', () => {
  const problem = { path: 'mode', expected: 'a', found: 'b', fix: 'write a' };
  expect(explainDocument('policy', [problem])).toBe(
    'The policy was refused: 1 problem.\n1. mode: expected a; found b. Fix: write a.',
  );
  expect(explainDocument('override', [problem, { ...problem, path: 'floor' }])).toBe(
    [
      'The override was refused: 2 problems.',
      '1. mode: expected a; found b. Fix: write a.',
      '2. floor: expected a; found b. Fix: write a.',
    ].join('\n'),
  );
});

test.each<[string, string[]]>([
  ['{"a":1,"b":1}', []],
  ['{"a":1,"a":1}', ['a']],
  ['{"a":1,"a":2,"a":3}', ['a', 'a']],
  ['{"a":{"b":1},"c":{"b":1}}', []],
  ['{"a":{"b":1,"b":2},"c":1,"c":2}', ['a.b', 'c']],
  ['{"a":{"c":1},"c":2,"a":3}', ['a']],
  ['{"a":"b","b":"a","c":"c"}', []],
  ['{"a":["b","b",["b"],{"b":1}],"b":1}', []],
  ['[{"a":1,"a":2},{"b":1},[[],{"c":1,"c":2}]]', ['0.a', '2.1.c']],
  ['{"a":[1,{"b":1,"b":2}],"b":1}', ['a.1.b']],
  ['{"a":[],"a":{}}', ['a']],
  ['{"\\"":1,"\\"":2}', ['"']],
  ['{"a\\"{,":1,"b":"}\\\\","c":1,"c":2}', ['c']],
  ['"a"', []],
  ['[1,1]', []],
])('in %s these fields occur twice: %j', (text, twice) => {
  expect(duplicateKeys(text)).toEqual(twice);
});

test('a document of exactly 4,096 bytes is read, one byte more is not, however few letters that is', () => {
  const filled = (bytes: number) => {
    const text = '{"api":"abc/dev","mode":"enforce"}';
    return text.replace('}', `${' '.repeat(bytes - text.length)}}`);
  };
  expect(parsePolicy(filled(LONGEST_DOCUMENT_BYTES)).ok).toBe(true);
  expect(parsePolicy(filled(LONGEST_DOCUMENT_BYTES + 1)).ok).toBe(false);
  const wide = `{"api":"abc/dev","${'ä'.repeat(2040)}":1}`;
  expect(wide.length).toBeLessThan(LONGEST_DOCUMENT_BYTES);
  expect(parsePolicy(wide)).toMatchObject({ ok: false, problems: [{ expected: 'at most 4096 bytes' }] });
});
