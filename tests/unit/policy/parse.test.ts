import { LONGEST_DOCUMENT_BYTES } from '../../../shared/policy/document.ts';
import { explainProblems, namesIn, parsePolicy } from '../../../shared/policy/parse.ts';
import type { PolicyProblem } from '../../../shared/policy/problems.ts';
import { tierPolicyOf } from '../../../shared/policy/schema/policy-schema.ts';

const good = (fields: object = {}) => JSON.stringify({ api: 'abc/dev', ...fields });

function problems(text: string, tiers?: readonly string[]): readonly PolicyProblem[] {
  const parsed = parsePolicy(text, tiers);
  return parsed.ok ? [] : parsed.problems;
}

const paths = (text: string, tiers?: readonly string[]) => problems(text, tiers).map(({ path }) => path);

test('an API alone is a complete policy, in shadow', () => {
  const parsed = parsePolicy('{ "api": "abc/dev" }');
  expect(parsed).toMatchObject({
    ok: true,
    policy: { mode: 'shadow', objective: { latencyPercentile: 90, latencyMs: 500 } },
  });
  if (!parsed.ok) throw new Error('unreachable');
  expect(parsed.policy.tracker.aimShare).toBe(0.965);
  expect(parsed.policy.guard.burstShare).toBe(0.03);
  expect(parsed.policy.tiers.internal.sacrificeOrder).toBe('never');
  expect(tierPolicyOf(parsed.policy, 'unknown')).toMatchObject({ weight: 1, sacrificeOrder: 1 });
});

test.each([
  ['methodCost.__proto__', '{"api":"abc/dev","methodCost":{"__proto__":4}}'],
  ['__proto__', '{"api":"abc/dev","__proto__":{"mode":"enforce"}}'],
  ['tiers.__proto__', '{"api":"abc/dev","tiers":{"__proto__":{"weight":3}}}'],
  ['methodCost.constructor', '{"api":"abc/dev","methodCost":{"constructor":4}}'],
  ['toString', '{"api":"abc/dev","toString":4}'],
])('%s is refused like any field that there is not', (path, text) => {
  expect(paths(text)).toEqual([path]);
});

test('a tier named in part keeps its other defaults, and the other tiers theirs', () => {
  const parsed = parsePolicy(good({ tiers: { premium: { weight: 8 }, gold: {} } }));
  expect(parsed).toMatchObject({
    ok: true,
    policy: { tiers: { premium: { weight: 8, floorShare: 0.4 }, standard: { weight: 2 }, gold: { weight: 1 } } },
  });
});

test('all problems come at once, each with what to do', () => {
  const text = good({
    api: 'abc',
    mod: 'enforce',
    mode: 'on',
    objective: { latencyMs: 'NaN', errorShare: 2 },
    methodCost: { orders: 4 },
  });
  expect(paths(text).sort()).toEqual([
    'api',
    'methodCost.orders',
    'mod',
    'mode',
    'objective.errorShare',
    'objective.latencyMs',
  ]);
  const text2 = explainProblems(problems(text));
  expect(text2).toContain('The policy was refused: 6 problems.');
  expect(text2).toContain('did you mean "mode"?');
  expect(text2).toContain('at most 1; found 2');
});

test.each([
  ['{"api": "a/b",}', /column 15|position 14/],
  ['{"api": "a/b"', /line 1,? column 14/],
  ['', /line 1, column 1/],
])('broken JSON %j is placed', (text, place) => {
  const [problem] = problems(text);
  expect(problem?.path).toBe('(document)');
  expect(problem?.found).toMatch(place);
});

test.each([['[]'], ['null'], ['3'], ['"x"']])('%s is not a policy', (text) => {
  expect(paths(text)).toContain('(document)');
});

test('a number in quotes, an infinity and a fraction of a count are told apart', () => {
  const text = '{"api":"a/b","objective":{"latencyMs":"300"},"tracker":{"aimShare":1e999,"uselessCuts":1.5}}';
  const found = Object.fromEntries(problems(text).map((problem) => [problem.path, problem]));
  expect(found['objective.latencyMs']?.fix).toBe('write 300 without quotes');
  expect(found['tracker.aimShare']?.found).toContain('Infinity');
  expect(found['tracker.uselessCuts']?.expected).toBe('a whole number');
});

test('a field that occurs twice is a problem, also deep inside and when escaped', () => {
  const text = '{"api":"a/b","objective":{"latencyMs":1,"latency\\u004ds":2},"api":"c/d"}';
  expect(paths(text)).toEqual(['objective.latencyMs', 'api']);
});

test('a brace within a string is not structure', () => {
  expect(paths('{"api":"a/b","methodCost":{"/a{b/GET":1,"/a}b,\\"/GET":1}}')).toEqual([]);
});

test('floors above ceilings, floors above everything, ages in the wrong order', () => {
  expect(paths(good({ capacity: { floorCups: 300, ceilingCups: 200 } }))).toEqual(['capacity.floorCups']);
  expect(paths(good({ tiers: { basic: { floorShare: 0.2, ceilingShare: 0.1 } } }))).toEqual(['tiers.basic.floorShare']);
  expect(paths(good({ tiers: { premium: { floorShare: 0.9 } } }), ['premium', 'standard'])).toEqual(['tiers']);
  expect(paths(good({ tracker: { badAgeSeconds: 400 } }))).toEqual(['tracker.badAgeSeconds']);
});

test('a tier that is not deployed is a problem only where the deployed ones are known', () => {
  expect(paths(good({ tiers: { gold: {} } }))).toEqual([]);
  expect(problems(good({ tiers: { gold: {} } }), ['premium', 'basic'])).toMatchObject([
    { path: 'tiers.gold', expected: 'one of premium, basic' },
  ]);
});

test('where gold and silver are deployed, a policy shares everything out among them', () => {
  const tiers = {
    gold: { weight: 5, floorShare: 0.6, sacrificeOrder: 'never' },
    silver: { floorShare: 0.4, ceilingShare: 0.8, sacrificeOrder: 2 },
  };
  const parsed = parsePolicy(good({ tiers }), ['gold', 'silver']);
  if (!parsed.ok) throw new Error(explainProblems(parsed.problems));
  expect(tierPolicyOf(parsed.policy, 'gold')).toEqual({ ...tiers.gold, ceilingShare: 1 });
  expect(tierPolicyOf(parsed.policy, 'silver')).toEqual({ ...tiers.silver, weight: 1 });
  expect(paths(good({ tiers: { premium: {} } }), ['gold', 'silver'])).toEqual(['tiers.premium']);
});

test('a document longer than a parameter is refused before it is read', () => {
  expect(problems(good({ api: 'x'.repeat(LONGEST_DOCUMENT_BYTES) }))).toMatchObject([
    { path: '(document)', expected: 'at most 4096 bytes' },
  ]);
});

test('the names that a schema knows are those of its fields, however deep, and nothing else', () => {
  const schema = {
    properties: { tiers: { properties: { weight: { default: null } } }, mode: { enum: ['shadow'], properties: null } },
    required: ['tiers'],
  };
  expect(namesIn(schema)).toEqual(['tiers', 'mode', 'weight']);
});
