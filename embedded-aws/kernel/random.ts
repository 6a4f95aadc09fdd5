import { createHash } from 'node:crypto';

/** A seeded source of uniform numbers in [0, 1). */
export type Random = () => number;

/** The stream of random numbers that belongs to a name. */
export type RandomOf = (name: string) => Random;

/** A 32-bit hash of a text: the start of a stream of its own for every name. */
export function hash32(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32LE(0);
}

/** Drawn millions of times a run; a global's member costs a look-up each time, and a slow one inside a `vm` context. */
const { imul } = Math;

/** mulberry32: small, fast, 2^32 period; enough for traffic and delays, not for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A standard normal deviate (Box-Muller). */
export function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return radius * Math.cos(2 * Math.PI * random());
}

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';

/**
 * Identifiers that depend on what they name and on nothing else: a run's answers must not change with the order in
 * which a deploy happened to create things.
 */
export class Identifiers {
  private readonly used = new Map<string, number>();

  /** `length` lower-case letters and digits, starting with a letter: API, plan, key and deployment ids look like this. */
  id(kind: string, name: string, length = 10): string {
    const digest = this.digest(kind, name);
    let text = 'abcdefghijklmnopqrstuvwxyz'[(digest[31] ?? 0) % 26] as string;
    for (let i = 0; text.length < length; i++) text += ALPHABET[(digest[i % 31] ?? 0) % 36];
    return text;
  }

  uuid(kind: string, name: string): string {
    const hex = this.digest(kind, name).toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  }

  private digest(kind: string, name: string): Buffer {
    const key = `${kind}/${name}`;
    const times = this.used.get(key) ?? 0;
    this.used.set(key, times + 1);
    return createHash('sha256').update(`${key}#${times}`).digest();
  }
}
