import { LAW_NUMBERS, type NumberName } from '../laws/other-numbers.ts';

/** One number of the law and the two values that are tried in its place. */
export interface Pair {
  readonly name: NumberName;
  readonly value: number;
  readonly tried: readonly [number, number];
}

/**
 * Shares, quantiles and factors whose distance from 1 decides. That distance is halved and doubled: 0.96 becomes 0.98 and
 * 0.92, 1.1 becomes 1.05 and 1.2. Every other number is halved and doubled itself.
 */
const AROUND_ONE: ReadonlySet<NumberName> = new Set([
  'aimShare',
  'aimShareByMinutes',
  'alarmQuantile',
  'beyondFactor',
  'brakedShare',
  'driftBackoff',
  'firstCutShare',
  'leastFill',
  'lessShare',
  'loadedRatio',
  'mostFill',
  'mostLead',
  'newcomerQuantile',
  'objectiveShare',
  'overloadFactor',
  'planShare',
  'reachedShare',
  'releaseShare',
  'roseFactor',
  'stageRoomAtRest',
  'stillShare',
  'stuckShare',
  'suddenShare',
  'suspicion',
  'unfilledShare',
  'untestedFactor',
  'usualAttempts',
  'usualRoom',
]);

/** Without the digits that floating point adds. */
const plain = (value: number) => Number(value.toPrecision(6));

export function pairOf(name: NumberName, value: number = LAW_NUMBERS[name]): Pair {
  const from = AROUND_ONE.has(name) ? 1 : 0;
  return { name, value, tried: [plain(from + (value - from) / 2), plain(from + (value - from) * 2)] };
}
