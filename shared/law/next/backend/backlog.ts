import { limitOf } from '../../../limits/limits.ts';
import type { MethodKey } from '../../../limits/method-key.ts';
import { mapRecord, own } from '../../../platform/records.ts';
import type { CostUnitsPerSecond, EpochMs, Rps } from '../../../platform/units.ts';
import type { LawInput } from '../../types.ts';
import { NUMBERS } from '../constants.ts';
import type { Standing } from '../next-state.ts';

/** A command is in force between two and ten seconds after it was given: so much before the latest moment, on average. */
const EARLIER_MS = 4000;
/** From a command until it is in force, on average. */
export const ACTS_AFTER_MS = 6000;
const KEPT_MS = 120_000;

/** Which stage limits stood when, the newest last; a new entry where the live ones have changed. */
export function updateStandings(
  standings: readonly Standing[],
  cups: CostUnitsPerSecond,
  { live, effective, now }: LawInput<unknown>,
): readonly Standing[] {
  const stage = mapRecord(live.stage, ({ rateRps }) => rateRps);
  const newest = standings.at(-1);
  const isSame =
    newest !== undefined &&
    Object.keys({ ...stage, ...newest.stage }).every((key) => own(stage, key) === own(newest.stage, key));
  if (isSame) return standings;
  const fromMs = newest === undefined ? 0 : Math.max(newest.fromMs, effective.stageMs - EARLIER_MS);
  const kept = standings.filter(({ fromMs: since }, index) => {
    const next = standings[index + 1];
    return next === undefined || next.fromMs > now - KEPT_MS || since > now - KEPT_MS;
  });
  return [...kept, { fromMs, cups, stage }];
}

/** The limits that stood at a moment; undefined before the first. */
export function standingAt(standings: readonly Standing[], atMs: EpochMs): Standing | undefined {
  return standings.findLast(({ fromMs }) => fromMs <= atMs) ?? standings[0];
}

/** What the stage let through at a moment of what passed the plans, cost units per second. */
export function passedAt(
  standings: readonly Standing[],
  atMs: EpochMs,
  offered: Readonly<Record<MethodKey, Rps>>,
  workOf: (method: MethodKey) => number,
): CostUnitsPerSecond {
  const stage = standingAt(standings, atMs)?.stage ?? {};
  return Object.entries(offered).reduce((sum, [method, rps]) => {
    return sum + Math.min(rps, limitOf(stage, method) ?? rps) * workOf(method);
  }, 0);
}

/**
 * The backlog carried forward, second by second, from a moment at which latency showed it, through what the commands
 * already given let in.
 * @param inflowAt cost units per second that reach the backend at a moment
 */
export function carriedForward(
  from: { readonly seconds: number; readonly atMs: EpochMs; readonly bias: number },
  untilMs: EpochMs,
  capacity: CostUnitsPerSecond,
  inflowAt: (atMs: EpochMs) => CostUnitsPerSecond,
): number {
  const most = from.seconds + NUMBERS.unseenBacklogSeconds;
  let backlog = from.seconds;
  for (let atMs = from.atMs; atMs < untilMs; atMs += 1000) {
    const seconds = Math.min(1000, untilMs - atMs) / 1000;
    backlog = Math.min(most, Math.max(0, backlog + (inflowAt(atMs) / capacity - 1 + from.bias) * seconds));
  }
  return backlog;
}

/** By how much a second the backlog grew beyond the prediction: capacity, or what a limit lets in, is not what it seems. */
export function biasOf(predicted: number, seen: number, seconds: number): number {
  return seconds > 0 && seen > 0 ? Math.min(NUMBERS.mostBias, Math.max(0, (seen - predicted) / seconds)) : 0;
}

/** The share of the estimate that may be let in while so much work waits: 1 while it is little. */
export function drainShare(backlogSeconds: number): number {
  if (backlogSeconds <= NUMBERS.toleratedBacklogSeconds) return 1;
  const share = 1 - backlogSeconds / NUMBERS.drainSeconds;
  return Math.max(NUMBERS.leastDrainShare, share);
}
