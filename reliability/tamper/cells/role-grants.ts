import type { PackagedTemplate } from '../../../rehearsal/deploy/in-process-deploy.ts';
import type { Specimen } from './specimens.ts';

interface Statement {
  readonly Action: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[] | string>>>>;
}

/** What a role may write: a pattern of partition keys. */
export interface WriteGrant {
  readonly functionName: string;
  /** `API#*`; `*` for a grant that names no partition. */
  readonly partition: string;
}

const WRITES = /^dynamodb:(PutItem|UpdateItem|DeleteItem|BatchWriteItem|TransactWriteItems|\*)$/;
const KEYS = 'dynamodb:LeadingKeys';

/** Every partition that a role may write, as the template grants it. */
export function writeGrants(template: PackagedTemplate): WriteGrant[] {
  const grants = Object.entries(template.Resources).flatMap(([name, { Type, Properties }]) => {
    if (Type !== 'AWS::IAM::Role') return [];
    const [policy] = Properties.Policies as [{ PolicyDocument: { Statement: readonly Statement[] } }];
    const partitions = policy.PolicyDocument.Statement.filter(mayWrite).flatMap(partitionsOf);
    return [...new Set(partitions)].map((partition) => ({ functionName: functionNameOf(name), partition }));
  });
  return grants.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

const nameOf = ({ functionName, partition }: WriteGrant): string => `${functionName} ${partition}`;
const functionNameOf = (role: string): string =>
  role.replace('IamRoleLambdaExecution', '').replace(/^./, (letter) => letter.toLowerCase());
const listed = <Text>(value: Text | readonly Text[]): readonly Text[] =>
  Array.isArray(value) ? value : [value as Text];
const mayWrite = ({ Action }: Statement): boolean => listed(Action).some((action) => WRITES.test(action));

function partitionsOf({ Condition = {} }: Statement): readonly string[] {
  const keys = Condition['ForAllValues:StringLike']?.[KEYS];
  return keys === undefined ? ['*'] : listed(keys);
}

/** Partitions that a role may write and of which no specimen was seen. */
export function grantsWithoutSpecimen(template: PackagedTemplate, specimens: ReadonlyMap<string, Specimen>): string[] {
  const isSeen = ({ functionName, partition }: WriteGrant) =>
    [...specimens.values()].some(({ kind, writers }) => writers.has(functionName) && fits(kind, partition));
  return writeGrants(template)
    .filter((grant) => !isSeen(grant))
    .map((grant) => `${nameOf(grant)}: never seen`);
}

const fits = (kind: string, partition: string): boolean =>
  partition.endsWith('*') ? kind.startsWith(partition.slice(0, -1)) : kind.startsWith(`${partition} `);
