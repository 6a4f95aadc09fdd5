import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { matchesPattern } from '@tidegate/embedded-aws/iam';
import { ofType, packagedTemplate, type Template } from '../../support/template.ts';

interface Statement {
  readonly Action: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What a role may do with the items of some partitions. */
interface Grant {
  readonly functionName: string;
  readonly actions: readonly string[];
  /** As IAM matches them: `API#*`. */
  readonly partitions: readonly string[];
  readonly condition: Statement['Condition'];
}

const WRITES = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem'];
const KEY = 'dynamodb:LeadingKeys';

let grants: readonly Grant[];
let rows: readonly { readonly partition: string; readonly writer: string; readonly readers: string }[];
beforeAll(async () => {
  grants = grantsOf(await packagedTemplate());
  rows = documented();
}, 60_000);

function grantsOf(template: Template): Grant[] {
  return ofType(template, 'AWS::IAM::Role').flatMap(([name, role]) => {
    const functionName = name.replace('IamRoleLambdaExecution', '').replace(/^./, (first) => first.toLowerCase());
    const statements = (role.Policies as { PolicyDocument: { Statement: Statement[] } }[]).flatMap(
      ({ PolicyDocument }) => PolicyDocument.Statement,
    );
    return statements.flatMap(({ Action, Condition }) => {
      const actions = [Action].flat().flatMap((action) => /^dynamodb:(.+)/.exec(action)?.[1] ?? []);
      if (actions.length === 0) return [];
      const partitions = [Condition?.['ForAllValues:StringLike']?.[KEY] ?? []].flat() as string[];
      return [{ functionName, actions, partitions, condition: Condition }];
    });
  });
}

/** The table of docs/state.md; what stands for an id is any id. */
function documented() {
  const text = readFileSync(join(__dirname, '../../../docs/state.md'), 'utf8');
  return [...text.matchAll(/^\| `([A-Z-]+(?:#[^`]+)?)` \|(.+)\|$/gm)].map(([, pk = '', rest = '']) => {
    const [, , writer = '', readers = ''] = rest.split(' | ').map((cell) => cell.trim());
    return { partition: pk.replace('<api>', 'abc123def4/dev'), writer, readers: readers === '–' ? '' : readers };
  });
}

/** Which functions may do any of these to a partition. */
function allowed(actions: readonly string[], partition: string): string[] {
  const who = grants.filter(
    (grant) =>
      grant.actions.some((action) => actions.includes(action)) &&
      grant.partitions.some((pattern) => matchesPattern(pattern, partition)),
  );
  return [...new Set(who.map(({ functionName }) => functionName))].sort();
}

test('every grant on items names partitions, and holds for no request that names none', () => {
  expect(grants.length).toBeGreaterThan(8);
  for (const { functionName, actions, partitions, condition } of grants) {
    expect([functionName, actions, partitions.length > 0]).toEqual([functionName, actions, true]);
    expect(condition).toEqual({ 'ForAllValues:StringLike': { [KEY]: partitions }, Null: { [KEY]: 'false' } });
  }
});

test('no partition has two writers, whatever it is called', () => {
  const patterns = grants.filter(({ actions }) => actions.some((action) => WRITES.includes(action)));
  for (const { functionName, partitions } of patterns) {
    for (const partition of partitions) {
      // The shortest and some longer name that a pattern stands for.
      for (const name of [
        partition.replace('*', ''),
        partition.replace('*', 'account'),
        partition.replace('*', 'x/y'),
      ]) {
        expect([name, allowed(WRITES, name)]).toEqual([name, [functionName]]);
      }
    }
  }
});

test('who writes and who reads is what docs/state.md says, and every partition that may be written is there', () => {
  expect(rows.length).toBeGreaterThan(20);
  for (const { partition, writer, readers } of rows) {
    expect([partition, allowed(WRITES, partition)]).toEqual([partition, [writer]]);
    const others = allowed(['GetItem', 'Query'], partition).filter((name) => name !== writer);
    expect([partition, others.join(', ')]).toEqual([partition, readers]);
  }
  const written = grants.filter(({ actions }) => actions.some((action) => WRITES.includes(action)));
  const undocumented = written
    .flatMap(({ partitions }) => partitions)
    .filter((pattern) => !rows.some(({ partition }) => matchesPattern(pattern, partition)));
  expect(undocumented).toEqual([]);
});

test('decisions and what was set aside are only ever added; nobody deletes anything', () => {
  for (const partition of ['DECISION#abc/dev', 'ASIDE#abc/dev']) {
    expect(allowed(['UpdateItem'], partition)).toEqual([]);
  }
  expect(grants.flatMap(({ actions }) => actions).filter((action) => /Delete|Batch|Scan/.test(action))).toEqual([]);
});
