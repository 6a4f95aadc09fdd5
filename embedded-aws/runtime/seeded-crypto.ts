import nodeCrypto from 'node:crypto';
import { types } from 'node:util';
import type { Random } from '../kernel/random.ts';

function bytesOf(target: NodeJS.ArrayBufferView | ArrayBuffer): Uint8Array {
  if (types.isAnyArrayBuffer(target)) return new Uint8Array(target);
  return new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
}

/** A version 4 UUID from a seeded stream. */
export function randomUuid(random: Random): string {
  const bytes = Buffer.alloc(16);
  for (let i = 0; i < 16; i++) bytes[i] = Math.floor(random() * 256);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

type BytesCallback = (error: Error | null, bytes: Buffer) => void;

/** The random half of `node:crypto`, drawn from a seeded stream; everything else of the module is inherited. */
export function seededNodeCrypto(random: Random): object {
  const fill = <Target extends NodeJS.ArrayBufferView | ArrayBuffer>(
    target: Target,
    offset = 0,
    size?: number,
  ): Target => {
    const bytes = bytesOf(target);
    const end = size === undefined ? bytes.length : offset + size;
    for (let i = offset; i < end; i++) bytes[i] = Math.floor(random() * 256);
    return target;
  };
  const randomBytes = (size: number, callback?: BytesCallback): Buffer | undefined => {
    const bytes = fill(Buffer.alloc(size));
    if (!callback) return bytes;
    process.nextTick(callback, null, bytes);
    return undefined;
  };
  const randomInt = (first: number, second?: number): number => {
    const [low, high] = second === undefined ? [0, first] : [first, second];
    return low + Math.floor(random() * (high - low));
  };
  const randomUUID = () => randomUuid(random);
  const webcrypto = overlay(globalThis.crypto, { getRandomValues: fill, randomUUID, subtle: globalThis.crypto.subtle });
  const overrides = { randomBytes, pseudoRandomBytes: randomBytes, randomInt, randomUUID, randomFillSync: fill };
  return overlay(nodeCrypto, { ...overrides, getRandomValues: fill, webcrypto });
}

/** An object that is `base` but for `overrides`. */
export function overlay<Base extends object>(base: Base, overrides: object): Base {
  const descriptors = Object.getOwnPropertyDescriptors(overrides);
  return Object.create(base, descriptors) as Base;
}
