import type { KeyId } from '../platform/units.ts';

/**
 * A sketch that counts distinct keys in 256 characters, whatever their number: HyperLogLog (Flajolet et al., "HyperLogLog:
 * the analysis of a near-optimal cardinality estimation algorithm", 2007) with linear counting for few. Each character
 * is one register in base 36. The standard error is 5 % at 60 keys and 6.5 % at thousands.
 */
export type KeySketch = string;

const REGISTERS = 256;
const INDEX_BITS = 8;
const BASE = 36;
const ALPHA = 0.7213 / (1 + 1.079 / REGISTERS);

export function sketchOf(keys: Iterable<KeyId>): KeySketch {
  const registers = new Array<number>(REGISTERS).fill(0);
  for (const key of keys) {
    const hash = hashOf(key);
    const index = hash >>> (32 - INDEX_BITS);
    // The position of the first 1 in the remaining bits; a hash without a 1 counts as one past the end.
    const rank = Math.min(32 - INDEX_BITS, Math.clz32(hash << INDEX_BITS)) + 1;
    registers[index] = Math.max(registers[index] ?? 0, rank);
  }
  return textOf(registers);
}

/** The sketch of the union of keys; the order does not matter. */
export function mergeSketches(sketches: readonly KeySketch[]): KeySketch {
  const registers = new Array<number>(REGISTERS).fill(0);
  for (const sketch of sketches) {
    registersOf(sketch).forEach((rank, index) => {
      registers[index] = Math.max(registers[index] ?? 0, rank);
    });
  }
  return textOf(registers);
}

/** The estimated number of different keys. */
export function keysIn(sketch: KeySketch): number {
  const registers = registersOf(sketch);
  const estimate = (ALPHA * REGISTERS ** 2) / registers.reduce((sum, rank) => sum + 2 ** -rank, 0);
  const empty = registers.filter((rank) => rank === 0).length;
  if (estimate <= 2.5 * REGISTERS && empty > 0) return REGISTERS * Math.log(REGISTERS / empty);
  return estimate;
}

/** Whether a text is a sketch. */
export function isSketch(text: unknown): text is KeySketch {
  return typeof text === 'string' && text.length === REGISTERS && /^[0-9a-p]*$/.test(text);
}

function registersOf(sketch: KeySketch): number[] {
  return Array.from(sketch, (character) => Number.parseInt(character, BASE));
}

function textOf(registers: readonly number[]): KeySketch {
  return registers.map((rank) => rank.toString(BASE)).join('');
}

/** FNV-1a with the finalizer of MurmurHash3, which mixes all bits evenly. */
function hashOf(key: KeyId): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
