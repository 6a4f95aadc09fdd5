import type { Limits } from '../../limits/limits.ts';
import type { MethodKey } from '../../limits/method-key.ts';
import type { CostUnitsPerSecond, EpochMs, KeyId, Rps, TierName } from '../../platform/units.ts';
import type { Window } from '../../telemetry/window.ts';
import type { AttemptsState } from '../telling/retries.ts';
import type { DecisionKind } from '../types.ts';
import type { Bases } from './backend/latency.ts';
import { NUMBERS } from './constants.ts';

/** What is believed of the backend's capacity: docs/control-law.md, "Capacity". */
export interface Belief {
  /** Natural logarithm of the capacity in cost units per second, and its variance. */
  readonly log: number;
  readonly variance: number;
  /** Variance that a second adds: how unsteady the backend has proved to be. */
  readonly drift: number;
  /** Logarithm of the highest rate that was served in health; fades. */
  readonly provenLog: number;
  /** Logarithm of the rate at which the last overload is taken to begin; null: none, or it was passed since. */
  readonly failedLog: number | null;
  /** Latency over the unloaded one, smoothed, of windows in which the limit was reached. */
  readonly feltRatio: number;
  /** The next step up while a limit binds, as a logarithm; when it may be tried at the earliest. */
  readonly climbStep: number;
  readonly nextClimbMs: EpochMs;
  /** How long the next overload forbids steps, seconds. */
  readonly climbWaitSeconds: number;
  /** How much of the way to the knee is left at rest, smoothed: from 0 to 1. */
  readonly room: number;
  /** When the estimate last went up a step, or down by an overload. */
  readonly movedMs: EpochMs;
  /** A limit of ours has failed, or overload was measured: the estimate is more than a guess. */
  readonly isMeasured: boolean;
}

/** What one key, or the lump of a tier's keys without a name, asks for. */
export interface Demand {
  readonly tier: TierName;
  /** Keys in it: 1, or the number of those without a name. */
  readonly count: number;
  /** Requests per second of all its keys together by method, sent again or not. */
  readonly asked: Readonly<Record<MethodKey, Rps>>;
  /** First attempts among them, as a share. */
  readonly wantedShare: number;
}

/** What is usual: requests per second. */
export interface Usual {
  /** Calm seconds that it was learned from. */
  readonly seconds: number;
  readonly keys: Readonly<Record<KeyId, { readonly tier: TierName; readonly rps: Rps }>>;
  /** Of each of a tier's keys without a name. */
  readonly rest: Readonly<Record<TierName, { readonly rps: Rps; readonly count: number }>>;
}

/** Limits that stood from a moment on, as far as the stage is concerned. */
export interface Standing {
  readonly fromMs: EpochMs;
  /** What they were to let through in all, cost units per second. */
  readonly cups: CostUnitsPerSecond;
  readonly stage: Readonly<Record<MethodKey, Rps>>;
}

/** Whether errors come from load: the logarithm of the odds, and what it is judged by. */
export interface ErrorJudgement {
  readonly logOdds: number;
  /** The highest rate served in the last minutes with hardly an error. */
  readonly cleanCups: CostUnitsPerSecond;
  /** Admitted and successful before a cut that is to tell; null while none is under way. */
  readonly test: {
    readonly admitted: CostUnitsPerSecond;
    readonly succeeded: CostUnitsPerSecond;
    /** What to return to, and how long it has been going on, seconds. */
    readonly log: number;
    readonly seconds: number;
  } | null;
}

/** The last window that was judged, as far as the next one needs it. */
export interface Last {
  readonly endMs: EpochMs;
  readonly isOverloaded: boolean;
  readonly isBusyThroughout: boolean;
  readonly admittedCups: CostUnitsPerSecond;
  readonly completedCups: CostUnitsPerSecond;
  readonly waitSeconds: number;
  readonly refusedShare: number;
}

/** Everything that the law carries from tick to tick; plain JSON. */
export interface NextState {
  readonly version: 5;
  readonly belief: Belief;
  readonly bases: Bases;
  /** Share of admitted requests that reach the backend, by method: the others are answered by a cache or the gateway. */
  readonly reach: Readonly<Record<MethodKey, number>>;
  readonly demand: Readonly<Record<KeyId, Demand>>;
  readonly attempts: Readonly<Record<TierName, AttemptsState>>;
  readonly usual: Usual;
  readonly errors: ErrorJudgement;
  /** What every method is asked for by requests that pass the plans, without chance, requests per second. */
  readonly mix: Readonly<Record<MethodKey, Rps>>;
  /** Admitted over limit where the stage binds. */
  readonly slack: number;
  /** What plans are expected to let through, over what they do. */
  readonly fill: number;
  /** The busiest slow window since the last healthy one, and how many since then were as slow with less to do. */
  readonly slow: {
    readonly admittedCups: CostUnitsPerSecond;
    readonly completedCups: CostUnitsPerSecond;
    readonly ratio: number;
    readonly unmoved: number;
  } | null;
  readonly last: Last | null;
  /** Thin windows that wait for more. */
  readonly pending: Window | null;
  readonly standings: readonly Standing[];
  /** Queued work, seconds, at a moment; and by how much a second it grew beyond what was predicted. */
  readonly backlog: { readonly seconds: number; readonly atMs: EpochMs; readonly bias: number };
  readonly isBinding: boolean;
  /** What the stage was to let through as of the last tick. */
  readonly stageCups: CostUnitsPerSecond;
  /** What the plans in force were expected to let through. */
  readonly expectedCups: CostUnitsPerSecond;
  readonly desired: Limits;
  readonly planOrder: readonly TierName[];
  readonly lastWindowEndMs: EpochMs;
  readonly lastLogEndMs: EpochMs;
  readonly lastNewsMs: EpochMs;
  readonly lastKind: DecisionKind;
}

/** Nothing seen yet: what is live is taken for the capacity, and may be wrong by much. */
export function initialState(live: Limits, now: EpochMs): NextState {
  return {
    version: 5,
    belief: {
      log: 0,
      variance: NUMBERS.firstSpread ** 2,
      drift: NUMBERS.drift,
      provenLog: 0,
      failedLog: null,
      feltRatio: 1,
      climbStep: NUMBERS.firstClimb,
      nextClimbMs: 0,
      climbWaitSeconds: NUMBERS.climbSeconds,
      room: 1,
      movedMs: 0,
      isMeasured: false,
    },
    bases: {},
    reach: {},
    demand: {},
    attempts: {},
    usual: { seconds: 0, keys: {}, rest: {} },
    errors: { logOdds: 0, cleanCups: 0, test: null },
    mix: {},
    slack: 1,
    fill: 1,
    slow: null,
    last: null,
    pending: null,
    standings: [],
    backlog: { seconds: 0, atMs: now, bias: 0 },
    isBinding: false,
    stageCups: 0,
    expectedCups: 0,
    desired: live,
    planOrder: [],
    lastWindowEndMs: 0,
    lastLogEndMs: now,
    lastNewsMs: now,
    lastKind: 'hold',
  };
}
