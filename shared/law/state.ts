import type { Limits } from '../limits/limits.ts';
import type { MethodKey } from '../limits/method-key.ts';
import type { CostUnitsPerSecond, EpochMs, KeyId, Rps, TierName } from '../platform/units.ts';
import type { AttemptsState } from './telling/retries.ts';
import type { DecisionKind } from './types.ts';

/** A rate and when it was observed. */
export interface Mark {
  readonly cups: CostUnitsPerSecond;
  readonly atMs: EpochMs;
}

/** The bracket around capacity: docs/control-law.md, "The tracker". */
export interface TrackerState {
  /** What may be admitted in all; null until anything bound or hurt: the standing guard alone limits then. */
  readonly totalCups: CostUnitsPerSecond | null;
  /** `drain`: below the good rate on purpose, until a backlog is gone. */
  readonly phase: 'hold' | 'drain';
  readonly goodCups: CostUnitsPerSecond | null;
  readonly bad: Mark | null;
  readonly badAgeSeconds: number;
  /** The rate that failed last, also when it is too old to forbid anything: what lies beyond it is news. */
  readonly lastBad: Mark | null;
  readonly probeShare: number;
  readonly plateau: Mark | null;
  readonly lastActionMs: EpochMs;
  readonly lastAction: 'none' | 'raise' | 'cut' | 'drained';
  /** Since when that action has been in force at the stage, and in the plans as well; null: not yet. */
  readonly stageSinceMs: EpochMs | null;
  readonly plansSinceMs: EpochMs | null;
  /** When the backlog that the last cut answers should be gone; null outside a drain. */
  readonly drainUntilMs: EpochMs | null;
  /** The good rate comes from a collapsing backend, which completes less than it could: the search may be bold. */
  readonly isRough: boolean;
  /** The last cut took back a raise: the good rate is what stood before it, not what was completed. */
  readonly isProbeFailed: boolean;
  /** Latency has risen before capacity was reached, and no raise has failed without that warning since. */
  readonly isKneeTold: boolean;
  /** The last raise was a large one, and nothing has yet spoken against the next. */
  readonly isClimbing: boolean;
  /** Latency at the last cut, and how many cuts in a row did not lower it. */
  readonly latencyAtCutMs: number | null;
  readonly uselessCuts: number;
  readonly errorTest: ErrorTest | null;
}

/** The one experiment that tells load errors from others: docs/control-law.md, "Fast errors". */
export interface ErrorTest {
  readonly startedMs: EpochMs;
  readonly verdict: 'running' | 'load' | 'independent';
  /** Before the cut: share of successes and admitted rate. */
  readonly successShare: number;
  readonly admittedCups: CostUnitsPerSecond;
  /** What to return to when the errors do not depend on load. */
  readonly totalCups: CostUnitsPerSecond | null;
}

/** What one key, or the lump of a tier's unlisted keys, asks for. */
export interface DemandEntry {
  readonly tier: TierName;
  /** Keys in it: 1, or the estimated number of unlisted ones. */
  readonly count: number;
  /** Requests per second of all its keys together, by method. */
  readonly methods: Readonly<Record<MethodKey, Rps>>;
  /** What of that is believed to be wanted, not sent again: requests per second of all its keys together. */
  readonly wantedRps: Rps;
}

/** What is remembered between windows about load and health. */
export interface MemoryState {
  readonly demand: Readonly<Record<KeyId, DemandEntry>>;
  readonly attempts: Readonly<Record<TierName, AttemptsState>>;
  readonly healthyLatencyMs: number | null;
  /** Of the newest window; and by how many seconds per second it had grown since the one before. */
  readonly latencyMs: number | null;
  readonly latencyGrowth: number;
  /** What was left of the way to the knee in the last windows, smoothed: 1 far from it, 0 there. */
  readonly headroom: number;
  readonly healthySeconds: number;
  /** What the last window admitted, and the highest rate that two healthy windows in a row did. */
  readonly admittedCups: CostUnitsPerSecond;
  readonly confirmed: Mark | null;
  readonly meanCost: number;
  /** Admitted over limit when it binds; 1 is exact enforcement. */
  readonly slack: number;
  /** What limited tiers really pass, over what their keys' mean rates say: random arrivals do not fill a bucket. */
  readonly fill: Readonly<Record<TierName, number>>;
  /** What each tier asks for while there is enough for all. */
  readonly usual: Readonly<Record<TierName, CostUnitsPerSecond>>;
  /** The end of the newest window believed; 0 before the first. */
  readonly lastWindowEndMs: EpochMs;
  /** When something was last known: that end, or the first tick. */
  readonly lastNewsMs: EpochMs;
  /** The end of the last window that came from the log. */
  readonly lastLogEndMs: EpochMs;
}

/** One change of the stage in the last hour. */
export interface Change {
  readonly atMs: EpochMs;
  readonly direction: 'up' | 'down';
}

/** Everything the law carries from tick to tick; plain JSON. */
export interface LawState {
  readonly version: 4;
  readonly tracker: TrackerState;
  readonly memory: MemoryState;
  readonly changes: readonly Change[];
  /** Do the tiers bind? */
  readonly isContended: boolean;
  /** The highest tier limits that may still be enforced: a cut counts only when it has taken effect. */
  readonly inForce: Limits['tiers'];
  /** What the limits should be, as of the last tick. */
  readonly desired: Limits;
  /** Plans to be written first, the first one first. */
  readonly planOrder: readonly TierName[];
  readonly lastKind: DecisionKind;
}

/** The state of a law that has seen nothing: it adopts what is live and waits. */
export function initialState(live: Limits, now: EpochMs, firstProbeShare: number, badAgeSeconds: number): LawState {
  return {
    version: 4,
    tracker: {
      totalCups: null,
      phase: 'hold',
      goodCups: null,
      bad: null,
      badAgeSeconds,
      lastBad: null,
      probeShare: firstProbeShare,
      plateau: null,
      lastActionMs: 0,
      lastAction: 'none',
      stageSinceMs: null,
      plansSinceMs: null,
      drainUntilMs: null,
      isRough: false,
      isProbeFailed: false,
      isKneeTold: true,
      isClimbing: false,
      latencyAtCutMs: null,
      uselessCuts: 0,
      errorTest: null,
    },
    memory: {
      demand: {},
      attempts: {},
      healthyLatencyMs: null,
      latencyMs: null,
      latencyGrowth: 0,
      headroom: 1,
      healthySeconds: 0,
      admittedCups: 0,
      confirmed: null,
      meanCost: 1,
      slack: 1,
      fill: {},
      usual: {},
      lastWindowEndMs: 0,
      lastNewsMs: now,
      lastLogEndMs: now,
    },
    changes: [],
    isContended: false,
    inForce: live.tiers,
    desired: live,
    planOrder: [],
    lastKind: 'hold',
  };
}
