import { isPlausible } from './ceilings.ts';

/**
 * Checks a JSON value from the table. The checks are hand-written, because the functions that need them are small and run
 * often, and a schema library would be large and slow.
 * @returns the dotted path of the first invalid place, '' for the value itself; undefined if the value is valid
 */
export type Shape = (value: unknown) => string | undefined;

const WRONG = '';
const LONGEST_NAME = 100;
const when =
  (isRight: (value: unknown) => boolean): Shape =>
  (value) =>
    isRight(value) ? undefined : WRONG;

export const text: Shape = when((value) => typeof value === 'string');
/** A name that fits into a key. */
export const shortText: Shape = when((value) => typeof value === 'string' && value.length <= LONGEST_NAME);
export const flag: Shape = when((value) => typeof value === 'boolean');
export const anything: Shape = () => undefined;

/** A finite number within bounds, both included. */
export const numberWithin = (least: number, most: number): Shape =>
  when((value) => typeof value === 'number' && value >= least && value <= most);

/** An instant at most `aheadMs` ahead of now. */
export const instant = (now: number, aheadMs: number): Shape =>
  when((value) => typeof value === 'number' && isPlausible(value, now, aheadMs));

export const oneOf = (...values: readonly unknown[]): Shape => when((value) => values.includes(value));

export const nullable =
  (shape: Shape): Shape =>
  (value) =>
    value === null ? undefined : shape(value);

export const optional =
  (shape: Shape): Shape =>
  (value) =>
    value === undefined ? undefined : shape(value);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object with at least these fields. */
export function fields(shapes: Readonly<Record<string, Shape>>): Shape {
  const all = Object.entries(shapes);
  return (value) => (isObject(value) ? firstWrong(all.map(([name, shape]) => [name, shape, value[name]])) : WRONG);
}

/** An object with any names, and values of one shape. */
export const recordWith =
  (shape: Shape): Shape =>
  (value) =>
    isObject(value) ? firstWrong(Object.entries(value).map(([name, each]) => [name, shape, each])) : WRONG;

export const listOf =
  (shape: Shape): Shape =>
  (value) =>
    Array.isArray(value) ? firstWrong(value.map((each, index) => [String(index), shape, each])) : WRONG;

function firstWrong(parts: readonly (readonly [name: string, shape: Shape, value: unknown])[]): string | undefined {
  for (const [name, shape, value] of parts) {
    const at = shape(value);
    if (at !== undefined) return at === WRONG ? name : `${name}.${at}`;
  }
  return undefined;
}

/** More requests or cost units per second than any API has: a larger number is damage. */
const MOST_RATE = 1e9;

export const rate: Shape = numberWithin(0, MOST_RATE);

/** A limit; its bounds are checked when it is written. */
export const limit: Shape = fields({ rateRps: rate, burst: rate });
