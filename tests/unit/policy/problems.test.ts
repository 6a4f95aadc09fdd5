import { parsePolicy } from '../../../shared/policy/parse.ts';
import { nearest, pathText, problemsOf, show, valueAt } from '../../../shared/policy/problems.ts';

function problems(fields: object, tiers?: readonly string[]) {
  const parsed = parsePolicy(JSON.stringify({ api: 'abc/dev', ...fields }), tiers);
  return parsed.ok ? [] : parsed.problems;
}

test.each<[object, object]>([
  [{ api: 5 }, { path: 'api', expected: 'a string', found: '5', fix: 'write a string' }],
  [
    { api: 'abc' },
    {
      path: 'api',
      expected: 'REST API id, slash, stage name: "abc123/prod"',
      found: '"abc"',
      fix: 'write REST API id, slash, stage name: "abc123/prod"',
    },
  ],
  [
    { mode: 'on' },
    {
      path: 'mode',
      expected: 'one of "shadow", "advise", "enforce"',
      found: '"on"',
      fix: 'write one of "shadow", "advise", "enforce"',
    },
  ],
  [{ objective: 300 }, { path: 'objective', expected: 'an object', found: '300', fix: 'write an object' }],
  [{ methodCost: [] }, { path: 'methodCost', expected: 'an object', found: '[]', fix: 'write an object' }],
  [
    { objective: { latencyMs: '300' } },
    { path: 'objective.latencyMs', expected: 'a number', found: '"300"', fix: 'write 300 without quotes' },
  ],
  [
    { objective: { latencyMs: 'fast' } },
    { path: 'objective.latencyMs', expected: 'a number', found: '"fast"', fix: 'write a finite number' },
  ],
  [
    { objective: { latencyMs: ' ' } },
    { path: 'objective.latencyMs', expected: 'a number', found: '" "', fix: 'write a finite number' },
  ],
  [
    { objective: { latencyMs: true } },
    { path: 'objective.latencyMs', expected: 'a number', found: 'true', fix: 'write a finite number' },
  ],
  [
    { objective: { latencyMs: 0 } },
    { path: 'objective.latencyMs', expected: 'at least 1', found: '0', fix: 'write at least 1' },
  ],
  [
    { objective: { errorShare: 2 } },
    { path: 'objective.errorShare', expected: 'at most 1', found: '2', fix: 'write at most 1' },
  ],
  [
    { tracker: { uselessCuts: 1.5 } },
    { path: 'tracker.uselessCuts', expected: 'a whole number', found: '1.5', fix: 'write a whole number' },
  ],
  [
    { tiers: { basic: { sacrificeOrder: 'first' } } },
    {
      path: 'tiers.basic.sacrificeOrder',
      expected: '"never" or a whole number from 1 to 100',
      found: '"first"',
      fix: 'write "never" or a whole number from 1 to 100',
    },
  ],
  [
    { methodCost: { orders: 4 } },
    {
      path: 'methodCost.orders',
      expected: 'a method as /path/VERB, for example /orders/POST',
      found: '4',
      fix: 'write the path, a slash and the verb in capitals',
    },
  ],
  [
    { objective: { latency: 300 } },
    {
      path: 'objective.latency',
      expected: 'a field of the policy',
      found: '300',
      fix: 'did you mean "latencyMs"? Otherwise remove the field',
    },
  ],
  [{ colour: 'blue' }, { path: 'colour', expected: 'a field of the policy', found: '"blue"', fix: 'remove the field' }],
])('%j is answered with where, what was expected, what was found and how to fix it', (fields, problem) => {
  expect(problems(fields)).toEqual([problem]);
});

test('a policy without its API is asked for it', () => {
  const parsed = parsePolicy('{}');
  expect(parsed).toEqual({
    ok: false,
    problems: [{ path: 'api', expected: 'a string', found: 'nothing', fix: 'add the field' }],
  });
});

test('what a schema says in its own words is passed on', () => {
  const issue = { path: ['colour'], message: 'a colour of the rainbow', input: 'grey' };
  const problem = {
    path: 'colour',
    expected: 'a colour of the rainbow',
    found: '"grey"',
    fix: 'write a colour of the rainbow',
  };
  expect(problemsOf([{ code: 'custom', ...issue }], { colour: 'grey' }, 'policy', [])).toEqual([problem]);
  const ofAForm = { code: 'invalid_format', format: 'regex', ...issue } as const;
  expect(problemsOf([ofAForm], { colour: 'grey' }, 'policy', [])).toEqual([problem]);
});

test.each<[unknown, string]>([
  [undefined, 'nothing'],
  [null, 'null'],
  ['x', '"x"'],
  [{ a: [1] }, '{"a":[1]}'],
  [Number.POSITIVE_INFINITY, 'Infinity (too large a number)'],
  [Symbol('none'), 'Symbol(none)'],
  ['x'.repeat(58), `"${'x'.repeat(58)}"`],
  ['x'.repeat(59), `"${'x'.repeat(56)}...`],
])('%p is shown as it would stand in the document, at most 60 characters of it', (value, text) => {
  expect(show(value)).toBe(text);
});

test.each<[readonly PropertyKey[], unknown, string]>([
  [[], { a: [{ b: 5 }], none: null }, '(document)'],
  [['a', 0, 'b'], 5, 'a.0.b'],
  [['a', 0, 'b', 'c'], undefined, 'a.0.b.c'],
  [['x', 'y'], undefined, 'x.y'],
  [['none', 'y'], undefined, 'none.y'],
])('the path %j leads to %j and is written %s', (path, value, text) => {
  expect(valueAt({ a: [{ b: 5 }], none: null }, path)).toEqual(value);
  expect(pathText(path)).toBe(text);
});

test.each<[string, readonly string[], string | undefined]>([
  ['mod', ['api', 'mode'], 'mode'],
  ['MODE', ['api', 'mode'], 'mode'],
  ['tier', ['TIERS'], 'TIERS'],
  ['modes', ['api', 'mode'], 'mode'],
  ['mofe', ['mode', 'move'], 'mode'],
  ['wieght', ['weight'], 'weight'],
  ['wiegth', ['weight'], undefined],
  ['xpi', ['api'], 'api'],
  ['xpx', ['api'], undefined],
  ['a', ['b'], 'b'],
  ['x', ['api'], undefined],
  ['m', ['mode'], undefined],
  ['halfLife', ['lifeHalf'], undefined],
  ['latencyMillis', ['latencyPercentile', 'latencyMs'], undefined],
  ['errorTestShare', ['errorTestCutShare', 'errorShare'], 'errorTestCutShare'],
  ['anything', [], undefined],
])('%s, of the names %j, probably meant %s', (word, known, meant) => {
  expect(nearest(word, known)).toBe(meant);
});
