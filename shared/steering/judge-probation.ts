import { readSignals } from '../law/telling/signals.ts';
import type { EpochMs } from '../platform/units.ts';
import type { Policy } from '../policy/schema/policy-schema.ts';
import type { Window } from '../telemetry/window.ts';

export interface BakeInput {
  /** Every closed window from `heldSeconds` before the arrival until now, oldest first. */
  readonly windows: readonly Window[];
  readonly arrivedMs: EpochMs;
  /** The policy before, by whose objective things were well, and the one on probation. */
  readonly before: Policy;
  readonly after: Policy;
  readonly now: EpochMs;
}

/** `over`: nothing speaks against the new version any more. `violated`: it is to be taken back, and why. */
export type Bake =
  | { readonly kind: 'watching' }
  | { readonly kind: 'over' }
  | { readonly kind: 'violated'; readonly why: string };

/** A window arrives, and closes, within this time after its end, or it is too late to matter. */
export const WINDOW_DELAY_MS = 120_000;
/** Unknown is not held: so much of the time before must have been seen. */
const SEEN_SHARE = 0.8;

/**
 * Whether a new version of the policy harmed: the objective held before its arrival, for as long as `rollback` asks, and
 * was violated in its bake time, by the old policy's objective and by its own, for an edit that loosens the objective is
 * no harm by itself. Pure.
 */
export function judgeBake({ windows, arrivedMs, before, after, now }: BakeInput): Bake {
  const { bakeSeconds, heldSeconds, violatedSeconds } = after.rollback;
  const endMs = arrivedMs + bakeSeconds * 1000;
  // An arrival in the future was never written by us: nothing can be judged by it.
  if (!(arrivedMs <= now + WINDOW_DELAY_MS) || now > endMs + WINDOW_DELAY_MS) return { kind: 'over' };
  const earlier = windows.filter(({ startMs }) => startMs < arrivedMs && startMs >= arrivedMs - heldSeconds * 1000);
  const later = windows.filter(({ startMs }) => startMs >= arrivedMs && startMs < endMs);
  const isHeld = hasHeld(earlier, before, heldSeconds, violatedSeconds);
  const run = longestRun(later, (window) => violates(window, before) && violates(window, after));
  if (!isHeld || secondsOf(run) < violatedSeconds) return { kind: 'watching' };
  const [first] = run;
  const sinceSeconds = Math.round(((first?.startMs ?? arrivedMs) - arrivedMs) / 1000);
  const why =
    `the objective had held for ${heldSeconds} s before this version came, and was violated for ${secondsOf(run)} s ` +
    `in a row from ${sinceSeconds} s after it on (${first ? wordsOf(first, after) : ''}).`;
  return { kind: 'violated', why };
}

function hasHeld(windows: readonly Window[], policy: Policy, heldSeconds: number, violatedSeconds: number): boolean {
  const last = windows.at(-1);
  // A violation that had begun already is not the new version's doing, however short it was by then.
  if (last === undefined || violates(last, policy)) return false;
  const run = longestRun(windows, (window) => violates(window, policy));
  return secondsOf(run) < violatedSeconds && secondsOf(windows) >= SEEN_SHARE * heldSeconds;
}

function violates(window: Window, policy: Policy): boolean {
  const { latencyMs, errorShare, samples } = readSignals(window, policy, 1);
  if (samples < policy.tracker.minimumSamples) return false;
  return (latencyMs ?? 0) > policy.objective.latencyMs || errorShare > policy.objective.errorShare;
}

/** The longest run of windows, each beginning where the one before ended, that all are so. */
function longestRun(windows: readonly Window[], isSo: (window: Window) => boolean): readonly Window[] {
  let run: Window[] = [];
  let longest: readonly Window[] = [];
  for (const window of windows) {
    const previous = run.at(-1);
    const follows = previous === undefined || previous.startMs + previous.lengthMs === window.startMs;
    run = isSo(window) ? [...(follows ? run : []), window] : [];
    if (secondsOf(run) > secondsOf(longest)) longest = run;
  }
  return longest;
}

const secondsOf = (windows: readonly Window[]): number =>
  windows.reduce((sum, { lengthMs }) => sum + lengthMs / 1000, 0);

function wordsOf(window: Window, policy: Policy): string {
  const { objective } = policy;
  const { latencyMs, errorShare } = readSignals(window, policy, 1);
  const isSlow = (latencyMs ?? 0) > objective.latencyMs;
  return isSlow
    ? `p${objective.latencyPercentile} ${Math.round(latencyMs ?? 0)} ms against ${objective.latencyMs} ms`
    : `${Math.round(errorShare * 1000) / 10} % errors against ${objective.errorShare * 100} %`;
}
