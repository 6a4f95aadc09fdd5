import type { CostUnitsPerSecond } from '../platform/units.ts';
import type { Policy } from '../policy/schema.ts';
import { headroom } from './health.ts';
import type { TrackerState } from './state.ts';
import { clamp, type Evidence } from './step.ts';

/** A minute that lived so much of itself before a change still says what came of it, minutes sooner than the next. */
export const MINUTE_TOLERANCE_SECONDS = 15;
/** The guard over the highest healthy minute: nobody would see it fail for minutes, so it is lower than with log windows. */
export const MINUTE_GUARD_FACTOR = 1.15;
/** Room at rest over what is asked for: no more than this, or the room would be the guard. */
export const MINUTE_ROOM_FACTOR = 1.12;

/** A drain ends with the look a minute later: there is no news in between that could end it. */
const DRAIN_SECONDS = 55;
/** By how much the time that a backlog needs is misjudged on minute news, in seconds. */
const DRAIN_ERROR_SECONDS = 60;
const MOST_DRAIN_SHARE = 0.3;
/** More than this many times the guard arrived: the guard changes everything. */
const FAR_BEYOND_GUARD = 1.1;
/** On minute metrics alone, return freely to this share of the plateau, this part of the way at a time. */
const PLATEAU_SHARE = 0.9;
const RETURN_STEP_SHARE = 1 / 3;
/** ... and by at most this share of the total, unless such a step went well before. */
const FIRST_RETURN_SHARE = 0.2;
/** Beyond, only while latency shows the knee to be far, in steps of at most this share, and not back to what failed. */
const SMALL_STEP_SHARE = 0.12;
const LEAST_ROOM = 0.5;
const BELOW_BAD_SHARE = 0.95;
const WORTH_SHARE = 0.01;

/**
 * A shallow drain of one minute: what is seen of the backlog is minutes old, so depth is paid for in full and wins
 * little. The same trade as for log windows, depth = sqrt(backlog / error), with the error of minute news.
 */
export function minuteDrain({ signals, healthyLatencyMs }: Evidence): { depth: number; seconds: number } {
  const backlogSeconds = Math.max(0, (signals.latencyMs ?? 0) - (healthyLatencyMs ?? 0)) / 1000;
  return { depth: Math.min(MOST_DRAIN_SHARE, Math.sqrt(backlogSeconds / DRAIN_ERROR_SECONDS)), seconds: DRAIN_SECONDS };
}

/**
 * What the backend bears. Where far more arrived than the guard that was written meanwhile, that guard is the answer as
 * far as it goes: it comes from healthy minutes, while a full queue completes less than the backend can.
 */
export function minuteEstimate(
  failedCups: CostUnitsPerSecond,
  { signals, guardCups, isFresh }: Evidence,
  policy: Policy,
): CostUnitsPerSecond {
  const completedCups = policy.tracker.aimShare * signals.completedCups;
  const isAnswered = !isFresh && guardCups !== null && failedCups > FAR_BEYOND_GUARD * guardCups;
  return isAnswered ? Math.max(completedCups, guardCups) : completedCups;
}

/**
 * The first congested minute holds the onset and so is part healthy; the later ones that ended before the cut are
 * whole, and what they completed is what the backend bears.
 */
export function learnFromMinute(tracker: TrackerState, evidence: Evidence, policy: Policy): TrackerState {
  const { bad, goodCups, phase, totalCups, lastAction } = tracker;
  const { cutFloorShare, cutCeilingShare } = policy.tracker;
  const isAfterCut = lastAction === 'cut' || lastAction === 'drained';
  if (bad === null || goodCups === null || !isAfterCut || evidence.signals.endMs > bad.atMs) return tracker;
  const estimate = minuteEstimate(bad.cups, evidence, policy);
  const learned = clamp(estimate, cutFloorShare * bad.cups, cutCeilingShare * bad.cups);
  if (phase === 'drain' || totalCups === null) return { ...tracker, goodCups: learned };
  // Upwards only by what was lived under the total itself.
  return learned < totalCups ? { ...tracker, goodCups: learned, totalCups: learned } : tracker;
}

/** The next total on the way back, or undefined where minute metrics are too late to go on. */
export function minuteRaise(tracker: TrackerState, evidence: Evidence, policy: Policy): CostUnitsPerSecond | undefined {
  const total = tracker.totalCups ?? 0;
  const room = headroom(evidence.signals.latencyMs, evidence.healthyLatencyMs, policy);
  const target = PLATEAU_SHARE * (tracker.plateau?.cups ?? total);
  if (total < target * (1 - WORTH_SHARE)) {
    const most = total * Math.max(FIRST_RETURN_SHARE, tracker.probeShare);
    return total + Math.min((target - total) * RETURN_STEP_SHARE, most) * room;
  }
  if (room < LEAST_ROOM) return undefined;
  const ceiling = BELOW_BAD_SHARE * (tracker.bad?.cups ?? Number.POSITIVE_INFINITY);
  const wanted = Math.min(total * (1 + SMALL_STEP_SHARE * room), ceiling);
  return wanted > (1 + WORTH_SHARE) * total ? wanted : undefined;
}
