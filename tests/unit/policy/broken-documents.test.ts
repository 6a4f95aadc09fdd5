import { policyFields } from '../../../shared/policy/describe.ts';
import { parsePolicy } from '../../../shared/policy/parse.ts';

const TIERS = ['premium', 'standard', 'basic', 'internal'];

interface Broken {
  readonly text: string;
  /** Where the problem is. */
  readonly path: string;
}

/** A document with one value somewhere, as JSON text. */
function withValue(path: string, json: string): string {
  const nested = path.split('.').reduceRight((inner, key) => `{${JSON.stringify(key)}:${inner}}`, json);
  return path === 'api' ? nested : `{"api":"abc/dev",${nested.slice(1)}`;
}

/** Values that no field takes: `null`, a list, an object, nothing finite; a number is no text and within its range. */
const NEVER = ['null', '[]', '{"a":1}', '1e999', '-1e999'];
const NO_NUMBER = ['true', '"5"', '"NaN"', '""', '-1e9', '1e12'];

function brokenFields(): Broken[] {
  const fields = policyFields().filter(({ path, range }) => !path.includes('<other>') && !range.startsWith('each '));
  return fields.flatMap(({ path, range }) => {
    const values = / to /.test(range) ? [...NEVER, ...NO_NUMBER] : NEVER;
    return values.map((value) => ({ text: withValue(path, value), path }));
  });
}

test('every field refuses what it cannot be, and says where, what was found and how to fix it', () => {
  const documents = brokenFields();
  expect(documents.length).toBeGreaterThan(700);
  for (const { text, path } of documents) {
    const parsed = parsePolicy(text, TIERS);
    const problems = parsed.ok ? [] : parsed.problems;
    expect({ text, at: problems.map((problem) => problem.path) }).toEqual({
      text,
      at: expect.arrayContaining([expect.stringMatching(new RegExp(`^${path.replaceAll('.', '\\.')}`))]),
    });
    for (const { expected, found, fix } of problems) {
      for (const words of [expected, found, fix]) expect(words).toMatch(/\S/);
    }
  }
});

const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
const lists = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

test.each<[string, string, string]>([
  ['a deep object', withValue('surprise', nested(600)), '(document)'],
  ['a deep list', withValue('tiers', lists(1500)), '(document)'],
  ['nothing but depth', lists(2000), '(document)'],
  ['a number too large for any computer', withValue('capacity.floorCups', '1e999'), 'capacity.floorCups'],
  ['a number of a thousand digits', withValue('capacity.floorCups', '9'.repeat(1000)), 'capacity.floorCups'],
  ['a number too large for the field', withValue('capacity.ceilingCups', '1e15'), 'capacity.ceilingCups'],
  ['a field twice', '{"api":"abc/dev","mode":"shadow","mode":"enforce"}', 'mode'],
  ['a field twice, spelled otherwise', '{"api":"abc/dev","mode":"shadow","m\\u006fde":"enforce"}', 'mode'],
  ['a tier twice', '{"api":"abc/dev","tiers":{"basic":{},"basic":{"weight":2}}}', 'tiers.basic'],
  ['a tier that is not deployed', withValue('tiers.gold', '{}'), 'tiers.gold'],
  ['a prototype for a tier', withValue('tiers.__proto__', '{"weight":9}'), 'tiers.__proto__'],
  ['a prototype for the document', '{"api":"abc/dev","__proto__":{"mode":"enforce"}}', '__proto__'],
  ['a constructor for a tier', withValue('tiers.constructor', '{"weight":9}'), 'tiers.constructor'],
  ['plans, which the template owns', withValue('tiers.basic.plans', '["abc123"]'), 'tiers.basic.plans'],
  ['a method that is none', withValue('methodCost.orders', '4'), 'methodCost.orders'],
  ['two documents', '{"api":"abc/dev"}{"api":"abc/dev"}', '(document)'],
  ['a comment', '{"api":"abc/dev" /* mine */}', '(document)'],
  ['YAML', 'api: abc/dev\nmode: enforce\n', '(document)'],
  ['a byte order mark', '\ufeff{"api":"abc/dev"}', '(document)'],
  ['a null character', '{"api":"abc/dev\u0000"}', '(document)'],
  ['single quotes', "{'api':'abc/dev'}", '(document)'],
  ['a path for a stage', withValue('api', '"abc/dev/../prod"'), 'api'],
])('%s is refused', (_, text, path) => {
  const parsed = parsePolicy(text, TIERS);
  expect(parsed.ok ? [] : parsed.problems.map((problem) => problem.path)).toContain(path);
});
