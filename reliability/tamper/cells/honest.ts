import type { Item } from '../../overlap/cloud-snapshot.ts';
import type { OutsideNames } from './item.ts';
import { type Found, fieldsOf } from './places.ts';
import type { Specimen } from './specimens.ts';

/** Longer values are nothing that a hostile one could be. */
const LONGEST_TEXT = 200;
/** Entries of a map and members of a list: one fewer is what a function could have written. */
const ENTRY = /(\.\*|\])$/;
const LAST_STEP = /(\.[^.[]+|\[[^\]]*\]|\(json\))$/;

/** How a value at a field is written down, to be looked up among the honest ones. */
export const valueAt = (pattern: string, value: unknown): string => `${pattern}=${JSON.stringify(value) ?? 'missing'}`;

/** What functions were seen to write at each field, and where they were seen to write nothing: see `valueAt`. */
export function honestValues({ seen }: Specimen, names: OutsideNames): ReadonlySet<string> {
  const fields = [...seen].flatMap((text) => [...fieldsOf(JSON.parse(text) as Item, names)]);
  const absent = absentFields(fields, seen.size).map((pattern) => valueAt(pattern, undefined));
  return new Set([...fields.flatMap(valuesLike), ...absent]);
}

function valuesLike({ place: { pattern }, value }: Found): string[] {
  const written = valueAt(pattern, value);
  return [
    ...(written.length < LONGEST_TEXT ? [written] : []),
    ...(typeof value === 'boolean' ? [valueAt(pattern, !value)] : []),
    ...(ENTRY.test(pattern) ? [valueAt(pattern, undefined)] : []),
  ];
}

/** Fields that are rarer than what they are in. */
function absentFields(fields: readonly Found[], items: number): string[] {
  const present = countOf(fields);
  const filled = countOf(fields.filter(({ value }) => value !== null));
  return [...present].flatMap(([pattern, count]) => {
    const around = pattern.replace(LAST_STEP, '');
    const most = around === '' || around === pattern ? items : (filled.get(around) ?? 0);
    return count < most ? [pattern] : [];
  });
}

function countOf(fields: readonly Found[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { place } of fields) counts.set(place.pattern, (counts.get(place.pattern) ?? 0) + 1);
  return counts;
}
