import { own, recordOf } from '../platform/records.ts';
import { limitOf, type PerLimit } from './limits.ts';

/** Which limit of an API: the one of a method (or the default) of the stage, or the one of a tier. */
export interface LimitName {
  readonly of: 'stage' | 'tiers';
  readonly key: string;
}

/** A limit's name for people: `stage /orders/POST`, `tier basic`. */
export function describeName({ of, key }: LimitName): string {
  return of === 'stage' ? `stage ${key}` : `tier ${key}`;
}

/** Names limits that nobody writes, with the reasons, as a sentence that follows another; empty for none. */
export function leftAsFound(limits: readonly string[]): string {
  return limits.length === 0 ? '' : ` Left as ${limits.length === 1 ? 'it is' : 'they are'}: ${limits.join('; ')}.`;
}

/** Every limit that any of the sets has a value for, each once. */
export function namesIn(...sets: readonly PerLimit<unknown>[]): LimitName[] {
  const keysOf = (of: LimitName['of']) => new Set(sets.flatMap((set) => Object.keys(set[of])));
  const namesOf = (of: LimitName['of']) => [...keysOf(of)].map((key): LimitName => ({ of, key }));
  return [...namesOf('stage'), ...namesOf('tiers')];
}

/** The value of one limit. */
export function valueNamed<Value>(values: PerLimit<Value>, { of, key }: LimitName): Value | undefined {
  return own(values[of], key);
}

/** The value that holds for one limit: a method without one of its own has that of the stage's default. */
export function valueInForce<Value>(values: PerLimit<Value>, { of, key }: LimitName): Value | undefined {
  return of === 'stage' ? limitOf<Value>(values.stage, key) : own(values.tiers, key);
}

/** The same values, with one limit's replaced. */
export function withValue<Value>(values: PerLimit<Value>, { of, key }: LimitName, value: Value): PerLimit<Value> {
  return { ...values, [of]: recordOf([...Object.entries(values[of]), [key, value] as const]) };
}

/** The same values, with those of these names as another set has them: absent where they are absent there. */
export function withValuesFrom<Value>(
  values: PerLimit<Value>,
  names: readonly LimitName[],
  source: PerLimit<Value>,
): PerLimit<Value> {
  return names.reduce((all, name) => {
    const value = valueNamed(source, name);
    return value === undefined ? withoutValue(all, name) : withValue(all, name, value);
  }, values);
}

/** The same values, without one limit's. */
export function withoutValue<Value>(values: PerLimit<Value>, { of, key }: LimitName): PerLimit<Value> {
  return { ...values, [of]: recordOf(Object.entries(values[of]).filter(([each]) => each !== key)) };
}
