/**
 * Records whose names come from outside. An ordinary object inherits `constructor`, `toString` and the like from
 * `Object.prototype`, so looking up a key id or a tier of such a name finds a function where nothing was stored, and
 * assigning to `__proto__` stores nothing.
 */

/** An empty record that inherits nothing: every name can be assigned and looked up. */
export function emptyRecord<Value>(): Record<string, Value> {
  return Object.create(null) as Record<string, Value>;
}

/** A record of these entries that inherits nothing. */
export function recordOf<Value>(entries: Iterable<readonly [string, Value]>): Record<string, Value> {
  const record = emptyRecord<Value>();
  for (const [name, value] of entries) record[name] = value;
  return record;
}

/** The record's own value under a name, ignoring inherited properties. */
export function own<Value>(record: Readonly<Record<string, Value>> | undefined, name: string): Value | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}

/** A record with the same names, each value changed; it inherits nothing. */
export function mapRecord<From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From, name: string) => To,
): Record<string, To> {
  return recordOf(Object.entries(record).map(([name, value]) => [name, change(value, name)] as const));
}
