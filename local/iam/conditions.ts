import type { PolicyStatement } from '../kernel/aws.ts';
import { matchesArn, matchesPattern } from './patterns.ts';

/** Facts about a request that conditions ask for; keys are compared without regard to case. */
export type Context = Readonly<Record<string, string>>;

type Comparison = (wanted: string, actual: string) => boolean;

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  StringEquals: (wanted, actual) => wanted === actual,
  StringLike: (wanted, actual) => matchesPattern(wanted, actual),
  ArnLike: matchesArn,
  ArnEquals: matchesArn,
  Bool: (wanted, actual) => wanted.toLowerCase() === actual.toLowerCase(),
};

/**
 * Whether every condition of a statement holds: all operators and keys must, for each key one value is enough.
 * A key that the request does not have fails, and so does an operator that is not known here: never allow by accident.
 */
export function conditionsHold(conditions: PolicyStatement['Condition'], context: Context): boolean {
  const facts = new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value]));
  return Object.entries(conditions ?? {}).every(([operator, keys]) => {
    const compare = Object.hasOwn(COMPARISONS, operator) ? COMPARISONS[operator] : undefined;
    return Object.entries(keys).every(([key, wanted]) => {
      const actual = facts.get(key.toLowerCase());
      return compare && actual !== undefined && asList(wanted).some((value) => compare(String(value), actual));
    });
  });
}

export const asList = <Item>(value: Item | readonly Item[] | undefined): readonly Item[] => {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value as Item];
};
