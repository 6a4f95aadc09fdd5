import type { ConditionKeys, PolicyStatement } from '../kernel/aws.ts';
import { matchesArn, matchesPattern } from './patterns.ts';

/** Facts about a request that conditions ask for; keys are compared without regard to case. */
export type Context = ConditionKeys;

type Comparison = (wanted: string, actual: string) => boolean;

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  StringEquals: (wanted, actual) => wanted === actual,
  StringLike: (wanted, actual) => matchesPattern(wanted, actual),
  ArnLike: matchesArn,
  ArnEquals: matchesArn,
  Bool: (wanted, actual) => wanted.toLowerCase() === actual.toLowerCase(),
};

/** What must not match, of all that is named. */
const NEGATIONS: Readonly<Record<string, string>> = { StringNotEquals: 'StringEquals', StringNotLike: 'StringLike' };
const FOR_ALL = 'ForAllValues:';

/**
 * Whether every condition of a statement holds: all operators and keys must, for each key one value is enough. A key
 * that the request does not have fails, and so does an operator that is not known here: never allow by accident. As in
 * IAM, a negation holds where there is no such key, and `ForAllValues:` where the request has no value of it; `Null`
 * asks whether the request lacks the key.
 */
export function conditionsHold(conditions: PolicyStatement['Condition'], context: Context): boolean {
  const facts = new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), asList(value)]));
  return Object.entries(conditions ?? {}).every(([operator, keys]) => {
    if (operator === 'Null') return Object.entries(keys).every(([key, wanted]) => isAsAbsent(wanted, facts, key));
    const isForAll = operator.startsWith(FOR_ALL);
    const name = isForAll ? operator.slice(FOR_ALL.length) : operator;
    const positive = (Object.hasOwn(NEGATIONS, name) ? NEGATIONS[name] : undefined) ?? name;
    const compare = Object.hasOwn(COMPARISONS, positive) ? COMPARISONS[positive] : undefined;
    if (!compare) return false;
    return Object.entries(keys).every(([key, wanted]) => {
      const actual = facts.get(key.toLowerCase()) ?? [];
      const matches = (value: string) => asList(wanted).some((each) => compare(String(each), value));
      if (positive !== name) return !actual.some(matches);
      return isForAll ? actual.every(matches) : actual.some(matches);
    });
  });
}

/** `true`: the request must lack the key; `false`: the request must have a value of the key. */
function isAsAbsent(wanted: unknown, facts: ReadonlyMap<string, readonly string[]>, key: string): boolean {
  const isAbsent = (facts.get(key.toLowerCase()) ?? []).length === 0;
  return asList(wanted).some((each) => String(each).toLowerCase() === String(isAbsent));
}

export const asList = <Item>(value: Item | readonly Item[] | undefined): readonly Item[] => {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value as Item];
};
