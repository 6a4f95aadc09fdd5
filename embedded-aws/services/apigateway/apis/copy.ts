/**
 * A deep copy of plain data and dates. `structuredClone` would answer with another realm's `Date` where code runs in a
 * context of its own, which the SDK's serializers do not take for a date.
 */
export function copyOf<Data>(data: Data): Data {
  return copy(data) as Data;
}

function copy(data: unknown): unknown {
  if (data instanceof Date) return new Date(data);
  if (Array.isArray(data)) return data.map(copy);
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, copy(value)]));
}
