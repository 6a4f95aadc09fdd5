import { hash32, type Random, seededRandom } from '@tidegate/embedded-aws/kernel';

/** Streams of random numbers by name, for one seed: a stream does not change because another one is drawn from. */
export const randomStreams =
  (seed: number) =>
  (name: string): Random =>
    seededRandom((hash32(name) ^ Math.imul(seed, 0x9e3779b1)) >>> 0);
