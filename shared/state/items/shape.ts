import { isPlausible } from './ceilings.ts';

/**
 * Checks a value that came out of the table as JSON. By hand, because the functions that read it are small and run
 * often, and a schema library is neither.
 * @returns the dotted path of the first place that is not as it should be, '' for the value itself; undefined when all is well
 */
export type Shape = (value: unknown) => string | undefined;

const WRONG = '';
const LONGEST_NAME = 100;
const when =
  (isRight: (value: unknown) => boolean): Shape =>
  (value) =>
    isRight(value) ? undefined : WRONG;

export const text: Shape = when((value) => typeof value === 'string');
/** A name of ours. What is copied into a key, or stands beside the JSON that holds it, has to fit there. */
export const shortText: Shape = when((value) => typeof value === 'string' && value.length <= LONGEST_NAME);
export const flag: Shape = when((value) => typeof value === 'boolean');
export const anything: Shape = () => undefined;

/** A finite number within bounds, both included. */
export const numberWithin = (least: number, most: number): Shape =>
  when((value) => typeof value === 'number' && value >= least && value <= most);

/** An instant that can lie at most so far ahead of now. */
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

/** More requests per second, or cost units per second, than any API has: a number above it was not computed. */
const MOST_RATE = 1e9;

export const rate: Shape = numberWithin(0, MOST_RATE);

/** A limit, whatever its bounds: those are checked where it is written. */
export const limit: Shape = fields({ rateRps: rate, burst: rate });
