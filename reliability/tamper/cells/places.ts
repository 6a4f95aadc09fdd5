import type { AttributeValue, Item } from '../../overlap/cloud-snapshot.ts';
import { type OutsideNames, textOf } from './item.ts';

/** A step into a value: a field, a member, or from a text to the JSON in it. */
export type Step = string | number;
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** From a text into the JSON that it holds. */
export const INTO_TEXT = '(json)';

/** One field of an item, at any depth. */
export interface Place {
  readonly attribute: string;
  /** Empty for the attribute itself. */
  readonly steps: readonly Step[];
  /** The steps for people; members and entries of the same shape share one: `record(json).state.demand.*.wantedRps`. */
  readonly pattern: string;
}

/** A field and what is there. */
export interface Found {
  readonly place: Place;
  readonly value: Json | AttributeValue;
}

/** A field's name as code spells it; everything else is a name from outside: a key, a tier, a method. */
const FIELD = /^[a-z][A-Za-z]*$/;
const KEY_ATTRIBUTES = ['pk', 'sk'];

/** Every field of an item but its key, at any depth. Of members and entries of the same shape each comes up. */
export function* fieldsOf(item: Item, names: OutsideNames): Generator<Found> {
  for (const [attribute, value] of Object.entries(item)) {
    if (KEY_ATTRIBUTES.includes(attribute)) continue;
    const place = { attribute, steps: [], pattern: attribute };
    yield { place, value };
    if (value.S !== undefined) yield* within(place, value.S, names);
  }
}

function* within(place: Place, value: Json, names: OutsideNames): Generator<Found> {
  for (const [step, member] of stepsInto(value)) {
    const steps = [...place.steps, step];
    const inside = { ...place, steps, pattern: `${place.pattern}${patternOf(step, member, names)}` };
    yield { place: inside, value: member };
    yield* within(inside, member, names);
  }
}

function stepsInto(value: Json): [Step, Json][] {
  if (typeof value === 'string') {
    const json = jsonIn(value);
    return json === undefined ? [] : [[INTO_TEXT, json]];
  }
  if (Array.isArray(value)) return value.map((member, index) => [index, member]);
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

/** What a text holds if that is an object or a list. */
export function jsonIn(text: string): Json | undefined {
  if (!/^[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function patternOf(step: Step, member: Json, { tiers, planIds }: OutsideNames): string {
  if (step === INTO_TEXT) return step;
  if (typeof step === 'number') return `[${shapeOf(member)}]`;
  const isField = FIELD.test(step) && !tiers.includes(step) && !planIds.includes(step);
  return isField ? `.${step}` : '.*';
}

/** Members of one list differ in shape where they are of different types, or objects with different fields. */
function shapeOf(value: Json): string {
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'object' && value !== null)
    return Object.keys(value)
      .filter((name) => FIELD.test(name))
      .sort()
      .join();
  return value === null ? 'null' : typeof value;
}

/** An item with one field replaced; `undefined` takes the field away. */
export function withField(item: Item, { attribute, steps }: Place, value: Json | undefined): Item {
  return { ...item, [attribute]: { S: String(replaced(textOf(item, attribute), steps, value)) } };
}

function replaced(holder: Json, [step, ...rest]: readonly Step[], value: Json | undefined): Json | undefined {
  if (step === undefined) return value;
  if (step === INTO_TEXT) return JSON.stringify(replaced(JSON.parse(String(holder)) as Json, rest, value) ?? null);
  const members = stepsInto(holder).map(
    ([name, member]) => [name, name === step ? replaced(member, rest, value) : member] as const,
  );
  const kept = members.filter(([, member]) => member !== undefined) as [Step, Json][];
  return Array.isArray(holder) ? kept.map(([, member]) => member) : Object.fromEntries(kept);
}
