import { seededRandom } from '@tidegate/embedded-aws/kernel';
import type { Choose } from './door.ts';

/** More calls than a look under the lease makes. */
const MOST_CALLS = 45;

/** An order of calls, by name. */
export interface Schedule {
  readonly name: string;
  readonly choose: Choose;
}

/** The caller to use if the chosen one has no waiting call. */
const among = (waiting: readonly number[], wanted: number): number =>
  waiting.includes(wanted) ? wanted : (waiting[0] as number);

/**
 * Every order with two changes of hands for two callers: one goes `i` calls far, then the other `j` calls, then the
 * first to its end, then the other. Each pair (i, j) once, for either to go first.
 */
export function* changesOfHands(): Generator<Schedule> {
  for (let i = 0; i < MOST_CALLS; i++) {
    for (let j = 1; j < MOST_CALLS; j++) {
      for (const first of [0, 1]) {
        const second = 1 - first;
        const choose: Choose = (waiting, step) => among(waiting, step < i ? first : step < i + j ? second : first);
        yield { name: `${first} makes ${i} calls, ${second} ${j}, ${first} the rest`, choose };
      }
    }
  }
}

/** Orders drawn from a seed: each next call is from a random caller. */
export function drawn(seed: number): Schedule {
  const random = seededRandom(seed);
  return { name: `seed ${seed}`, choose: (waiting) => waiting[Math.floor(random() * waiting.length)] as number };
}
