import type { Item, Snapshot } from '../../overlap/cloud-snapshot.ts';
import { honestValues, valueAt } from './honest.ts';
import { HOSTILE_ATTRIBUTES, HOSTILE_JSON, PROTOTYPE_NAMES, withPrototypeNames } from './hostile.ts';
import { kindOf, type OutsideNames, textOf } from './item.ts';
import { type Found, fieldsOf, type Json, type Place, withField } from './places.ts';
import type { Specimen } from './specimens.ts';

/** One damaged field of one kind of item. */
export interface TamperCell {
  /** `API#<api> lease / until / 2099`. */
  readonly name: string;
  readonly kind: string;
  /** The damaged item, its times those of the snapshot. */
  readonly item: Item;
  /** The field is an attribute that a condition or an update of ours names: DynamoDB itself reads it. */
  readonly isCompared: boolean;
}

/** Every cell of every kind, except values that a function was seen to write. */
export function cellsOf(
  specimens: ReadonlyMap<string, Specimen>,
  snapshot: Snapshot,
  names: OutsideNames,
): TamperCell[] {
  const standing = new Map<string, Item>();
  for (const item of snapshot.items.values()) standing.set(kindOf(item, names), item);
  return [...specimens.values()]
    .sort((a, b) => (a.kind < b.kind ? -1 : 1))
    .flatMap((specimen) => [
      ...fieldCells(specimen, standing.get(specimen.kind), names),
      ...keyCells(specimen, standing.get(specimen.kind)),
    ]);
}

interface Field {
  readonly place: Place;
  readonly value: Found['value'];
  /** An item that has it. */
  readonly item: Item;
}

function fieldCells(specimen: Specimen, standing: Item | undefined, names: OutsideNames): TamperCell[] {
  const { kind, compared } = specimen;
  const honest = honestValues(specimen, names);
  return fieldsIn(specimen, standing, names).flatMap((field) => {
    const { attribute, steps, pattern } = field.place;
    const isCompared = steps.length === 0 && compared.has(attribute);
    const hostile = damagesOf(field).filter(({ value }) => !honest.has(valueAt(pattern, value)));
    return hostile.map(({ name, item }) => ({ name: `${kind} / ${pattern} / ${name}`, kind, item, isCompared }));
  });
}

/** Each field once: in the item that stands in the table where that has it, else in the newest that had it. */
function fieldsIn(specimen: Specimen, standing: Item | undefined, names: OutsideNames): Field[] {
  const newestFirst = [...specimen.seen].reverse().map((text) => JSON.parse(text) as Item);
  const fields = new Map<string, Field>();
  for (const item of [...(standing ? [standing] : []), ...newestFirst]) {
    for (const { place, value } of fieldsOf(item, names)) {
      const known = fields.get(place.pattern);
      if (known && (known.value !== null || value === null)) continue;
      fields.set(place.pattern, { place, value, item: atPresent(item, standing) });
    }
  }
  return [...fields.values()];
}

/** An item of the past in the place of the one that stands there. */
function atPresent(item: Item, standing: Item | undefined): Item {
  if (!standing || item === standing) return item;
  const { pk, sk, fence } = standing;
  return { ...standing, ...item, ...(pk && { pk }), ...(sk && { sk }), ...(fence && { fence }) };
}

interface Damage {
  readonly name: string;
  readonly value: unknown;
  readonly item: Item;
}

function damagesOf({ item, place, value: found }: Field): Damage[] {
  if (place.steps.length > 0) {
    const hostile = [...HOSTILE_JSON, ...withPrototypeNames(found as Json)];
    return hostile.map(({ name, value }) => ({ name, value, item: withField(item, place, value) }));
  }
  const { [place.attribute]: _gone, ...rest } = item;
  return HOSTILE_ATTRIBUTES.map(({ name, value }) => {
    return { name, value, item: value ? { ...rest, [place.attribute]: value } : rest };
  });
}

/** Another item of the kind, beside those that stand there, under a key that nobody would write. */
function keyCells({ kind, seen }: Specimen, standing: Item | undefined): TamperCell[] {
  const item = standing ?? (JSON.parse([...seen].at(-1) ?? '{}') as Item);
  const sk = textOf(item, 'sk');
  return hostileKeys(kind, sk).map((hostile) => ({
    name: `${kind} / key / ${hostile}`,
    kind,
    item: { ...item, sk: { S: hostile } },
    isCompared: false,
  }));
}

function hostileKeys(kind: string, sk: string): string[] {
  const time = /^\d{15}(?=#)/.exec(sk)?.[0];
  const outside = sk.lastIndexOf(kind.endsWith('<parameter>') ? '/' : '#') + 1;
  const named = PROTOTYPE_NAMES.map((name) => `${sk.slice(0, outside)}${name}`);
  if (time !== undefined)
    return [
      ...named,
      ...[0, 4_070_908_800_000, 253_402_214_400_000].map(
        (ms) => `${String(ms).padStart(15, '0')}${sk.slice(time.length)}`,
      ),
    ];
  return kind.endsWith('<api>')
    ? [...named, 'constructor/toString']
    : kind.endsWith('<chunk>')
      ? [...named, 'keys#9999']
      : named;
}
