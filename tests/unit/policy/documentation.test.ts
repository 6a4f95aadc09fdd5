import { readdirSync, readFileSync } from 'node:fs';
import { policyFields } from '../../../shared/policy/describe.ts';
import { parsePolicy, policyJsonSchema } from '../../../shared/policy/parse.ts';

const read = (path: string) => readFileSync(path, 'utf8');

test('the committed JSON Schema is the one that the schema generates', () => {
  expect(JSON.parse(read('docs/policy.schema.json'))).toEqual(JSON.parse(JSON.stringify(policyJsonSchema())));
});

test('the table in docs/policy.md shows every field with its default, range and meaning, and no other', () => {
  const rows = read('docs/policy.md')
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  const expected = policyFields().map(
    ({ path, initial, range, unit, meaning }) => `| \`${path}\` | \`${initial}\` | ${range} | ${unit} | ${meaning} |`,
  );
  expect(rows).toEqual(expected);
});

test('every constant that docs/control-law.md names is a field of the policy', () => {
  const named = [...read('docs/control-law.md').matchAll(/\*([a-z]+(?:[A-Z.][A-Za-z]*)+)\*/g)].map(
    ([, name]) => name ?? '',
  );
  const fields = policyFields().map(({ path }) => path);
  const unknown = named.filter((name) => !fields.some((path) => path === name || path.endsWith(`.${name}`)));
  expect(named.length).toBeGreaterThan(40);
  expect(unknown).toEqual([]);
});

test('every number says what happens when it is larger and when it is smaller', () => {
  const numbers = policyFields().filter(({ range }) => / to /.test(range));
  expect(numbers.length).toBeGreaterThan(70);
  for (const { path, meaning, unit } of numbers) {
    if (path.endsWith('sacrificeOrder')) continue;
    expect({ path, larger: meaning.includes('Larger:'), smaller: meaning.includes('Smaller:') }).toEqual({
      path,
      larger: true,
      smaller: true,
    });
    expect({ path, unit }).not.toEqual({ path, unit: '' });
  }
});

/** Words that point at another row of the table, or leave the reader to complete the sentence. */
const LEANING =
  /^(The same|As above|Likewise|Also|There|This|That|These|Those|It|Such|What then)\b|\b(the same (where|while|as)|the reverse|most believed|such (a )?step|that (age|ratio|test|way))\b/i;

test('every description stands by itself in the hover of an editor', () => {
  const [leaning, short] = [[] as string[], [] as string[]];
  for (const { path, meaning } of policyFields()) {
    const clauses = meaning.split(/ (?=Larger: |Smaller: )/);
    if (clauses.some((clause) => LEANING.test(clause))) leaning.push(path);
    if (clauses.some((clause, index) => clause.split(' ').length < (index === 0 ? 6 : 3))) short.push(path);
  }
  expect({ leaning, short }).toEqual({ leaning: [], short: [] });
});

test('the deployed default and every example are valid, made out to an API', () => {
  const deployed = { api: 'abc/dev', ...JSON.parse(read('config/policies/default.json')) };
  expect(parsePolicy(JSON.stringify(deployed))).toMatchObject({ ok: true });
  const examples = readdirSync('config/policies/examples');
  expect(examples.length).toBeGreaterThan(2);
  for (const name of examples) {
    expect({ name, parsed: parsePolicy(read(`config/policies/examples/${name}`)) }).toMatchObject({
      name,
      parsed: { ok: true },
    });
  }
});
