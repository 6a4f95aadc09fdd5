import type { CostUnitsPerSecond } from '../../platform/units.ts';
import type { Policy } from '../../policy/schema/policy-schema.ts';
import type { TrackerState } from '../state.ts';
import { headroom } from '../telling/health.ts';
import { clamp, type Evidence } from './step.ts';

/**
 * A shallow drain of one minute: what is seen of the backlog is minutes old, so depth is paid for in full and wins
 * little. The same trade as for log windows, depth = sqrt(backlog / error), with the error of minute news.
 */
export function minuteDrain(
  { signals, healthyLatencyMs }: Evidence,
  policy: Policy,
): { depth: number; seconds: number } {
  const { mostDrainShare, drainErrorSeconds, drainSeconds } = policy.minutes;
  const backlogSeconds = Math.max(0, (signals.latencyMs ?? 0) - (healthyLatencyMs ?? 0)) / 1000;
  return { depth: Math.min(mostDrainShare, Math.sqrt(backlogSeconds / drainErrorSeconds)), seconds: drainSeconds };
}

/**
 * What the first congested minute would have completed had the trouble begun with it: on average it began in its middle,
 * and the half before served what healthy minutes had served, or, where demand has fallen since, what was asked for.
 */
function wholeMinute({ signals, confirmed }: Evidence): CostUnitsPerSecond {
  const { completedCups, total } = signals;
  if (confirmed === null) return completedCups;
  const healthyHalfCups = Math.min(confirmed.cups, total.offeredCups);
  return Math.min(completedCups, 2 * completedCups - healthyHalfCups);
}

/**
 * What the backend bears; the first minute of trouble is part healthy. Where far more arrived than the guard that was
 * written meanwhile, that guard is the answer as far as it goes: it comes from healthy minutes, while a full queue
 * completes less than the backend can.
 */
export function minuteEstimate(
  failedCups: CostUnitsPerSecond,
  evidence: Evidence,
  isFirst: boolean,
  policy: Policy,
): CostUnitsPerSecond {
  const { signals, guardCups, isFresh } = evidence;
  const completedCups = policy.tracker.aimShare * (isFirst ? wholeMinute(evidence) : signals.completedCups);
  const isAnswered = !isFresh && guardCups !== null && failedCups > policy.minutes.farBeyondGuardFactor * guardCups;
  return isAnswered ? Math.max(completedCups, guardCups) : completedCups;
}

/** The congested minutes that ended before the cut, but for the first, are whole: what they completed is what the backend bears. */
export function learnFromMinute(tracker: TrackerState, evidence: Evidence, policy: Policy): TrackerState {
  const { bad, goodCups, phase, totalCups, lastAction } = tracker;
  const { cutFloorShare } = policy.minutes;
  const { cutCeilingShare } = policy.tracker;
  const isAfterCut = lastAction === 'cut' || lastAction === 'drained';
  if (bad === null || goodCups === null || !isAfterCut || evidence.signals.endMs > bad.atMs) return tracker;
  const estimate = minuteEstimate(bad.cups, evidence, false, policy);
  const learned = clamp(estimate, cutFloorShare * bad.cups, cutCeilingShare * bad.cups);
  if (phase === 'drain' || totalCups === null) return { ...tracker, goodCups: learned };
  // Upwards only by what was lived under the total itself.
  return learned < totalCups ? { ...tracker, goodCups: learned, totalCups: learned } : tracker;
}

/** The next total on the way back, or undefined where minute metrics are too late to go on. */
export function minuteRaise(tracker: TrackerState, evidence: Evidence, policy: Policy): CostUnitsPerSecond | undefined {
  const total = tracker.totalCups ?? 0;
  const room = headroom(evidence.signals.latencyMs, evidence.healthyLatencyMs, policy);
  const { plateauShare, returnRounds, firstReturnShare, leastRoomShare, smallStepShare, belowBadShare, worthShare } =
    policy.minutes;
  const target = plateauShare * (tracker.plateau?.cups ?? total);
  if (total < target * (1 - worthShare)) {
    const most = total * Math.max(firstReturnShare, tracker.probeShare);
    return total + Math.min((target - total) / returnRounds, most) * room;
  }
  if (room < leastRoomShare) return undefined;
  const ceiling = belowBadShare * (tracker.bad?.cups ?? Number.POSITIVE_INFINITY);
  const wanted = Math.min(total * (1 + smallStepShare * room), ceiling);
  return wanted > (1 + worthShare) * total ? wanted : undefined;
}
