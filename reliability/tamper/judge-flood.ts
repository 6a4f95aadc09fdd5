import type { TierName } from '../../shared/platform/units.ts';
import type { PlanWait } from './plan-waits.ts';

/** How much later the surge may be dealt with under the flood, and how long a plan may wait while the slot is free. */
const MOST_SECONDS = 10;

/** A wait in seconds; `atSecond` counts from the beginning of the surge. */
export interface SurgeWait {
  readonly tier: TierName;
  readonly atSecond: number;
  readonly waitedSeconds: number;
  readonly end: PlanWait['end'];
}

/** One surge and the loop's reaction. */
export interface SurgeRun {
  readonly forgedEvents: number;
  readonly secondsToMitigate: number | null;
  /** From the beginning of the surge to the first plan write, whichever plan it is; null when there is none. */
  readonly secondsToFirstPlanWrite: number | null;
  /** Every plan write, and every wait that did not end in one. */
  readonly waits: readonly SurgeWait[];
  readonly decisions: number;
  /** Decisions that looked at nothing because there had been too many management calls. */
  readonly crowded: number;
}

export const JUDGED =
  `Judged: under the flood, the surge is mitigated and the first plan written at most ${MOST_SECONDS} s later than ` +
  `without it; no change of a plan waits more than ${MOST_SECONDS} s while AWS would accept a plan write; and no ` +
  'more decisions than without it are held for too many management calls.';

/**
 * What is worse under the flood. Which plan is written in which slot is not compared: the looks come at other instants,
 * see other limits in force, and the law then rightly wants other plans first, or no longer wants a change at all.
 */
export function judgeFlood(calm: SurgeRun, flooded: SurgeRun): string[] {
  const late = flooded.waits.filter(({ waitedSeconds }) => waitedSeconds > MOST_SECONDS);
  return [
    ...compare('the surge was mitigated', calm.secondsToMitigate, flooded.secondsToMitigate),
    ...compare('the first plan was written', calm.secondsToFirstPlanWrite, flooded.secondsToFirstPlanWrite),
    ...late.map(
      ({ tier, atSecond, waitedSeconds, end }) =>
        `${tier}: a change of its plan, ${end} ${atSecond} s after the onset, had waited ${waitedSeconds} s while AWS would have accepted it`,
    ),
    ...(flooded.crowded > calm.crowded
      ? [`${flooded.crowded} decisions were held for too many management calls, without the flood ${calm.crowded}`]
      : []),
  ];
}

function compare(what: string, calm: number | null, flooded: number | null): string[] {
  if (calm === null) return [`${what} never, even without the flood`];
  if (flooded !== null && flooded - calm <= MOST_SECONDS) return [];
  const when = flooded === null ? 'never' : `${flooded} s after the onset`;
  return [`${what} ${when} under the flood, and after ${calm} s without it`];
}
