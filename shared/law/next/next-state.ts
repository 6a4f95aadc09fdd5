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
  /** Variance added per second. */
  readonly drift: number;
  /** Logarithm of the highest rate that was served in health; falls with time. */
  readonly provenLog: number;
  /** Logarithm of the rate at which the last overload began; null without one, or when a higher rate was served since. */
  readonly failedLog: number | null;
  /** Latency over the unloaded one, smoothed, of windows in which the limit was reached. */
  readonly feltRatio: number;
  /** The next step up as a logarithm, and the earliest moment for a step close to the last failure. */
  readonly climbStep: number;
  readonly nextClimbMs: EpochMs;
  /** For how long the next overload forbids such steps, seconds. */
  readonly climbWaitSeconds: number;
  /** Smoothed share of the way to the latency knee that is left at rest, from 0 to 1. */
  readonly room: number;
  /** When the estimate last went up a step, or down by an overload. */
  readonly movedMs: EpochMs;
  /** Whether capacity was measured; until then the estimate is a guess. */
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

/** Usual demand, requests per second. */
export interface Usual {
  /** Calm time from which it was learned, seconds. */
  readonly seconds: number;
  readonly keys: Readonly<Record<KeyId, { readonly tier: TierName; readonly rps: Rps }>>;
  /** Of each of a tier's keys without a name. */
  readonly rest: Readonly<Record<TierName, { readonly rps: Rps; readonly count: number }>>;
}

/** Stage limits, and the moment from which they stood. */
export interface Standing {
  readonly fromMs: EpochMs;
  /** The total for which they were computed, cost units per second. */
  readonly cups: CostUnitsPerSecond;
  readonly stage: Readonly<Record<MethodKey, Rps>>;
}

/** Whether load causes the errors: the logarithm of the odds, and the evidence. */
export interface ErrorJudgement {
  readonly logOdds: number;
  /** The highest rate served in the last minutes with hardly an error. */
  readonly cleanCups: CostUnitsPerSecond;
  /** Admitted and successful work before a test cut; null while no test is under way. */
  readonly test: {
    readonly admitted: CostUnitsPerSecond;
    readonly succeeded: CostUnitsPerSecond;
    /** The estimate before the test, and the test's duration in seconds. */
    readonly log: number;
    readonly seconds: number;
  } | null;
}

/** What the judgement of the next window needs of the last one. */
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
  /** Smoothed rate of requests that pass the plans, by method. */
  readonly mix: Readonly<Record<MethodKey, Rps>>;
  /** Ratio of what the stage admits to its limit, where it binds. */
  readonly slack: number;
  /** Ratio of expected to actual admissions of the plans. */
  readonly fill: number;
  /** The busiest slow window since the last healthy one, and how many later ones were as slow with less load. */
  readonly slow: {
    readonly admittedCups: CostUnitsPerSecond;
    readonly completedCups: CostUnitsPerSecond;
    readonly ratio: number;
    readonly unmoved: number;
  } | null;
  readonly last: Last | null;
  /** Windows with few answers, added up until they can be judged. */
  readonly pending: Window | null;
  readonly standings: readonly Standing[];
  /** Queued work in seconds, when that was measured, and how much faster than predicted it grew. */
  readonly backlog: { readonly seconds: number; readonly atMs: EpochMs; readonly bias: number };
  readonly isBinding: boolean;
  /** The total that the last tick gave the stage. */
  readonly stageCups: CostUnitsPerSecond;
  /** The work that the plans in force were expected to admit. */
  readonly expectedCups: CostUnitsPerSecond;
  readonly desired: Limits;
  readonly planOrder: readonly TierName[];
  readonly lastWindowEndMs: EpochMs;
  readonly lastLogEndMs: EpochMs;
  readonly lastNewsMs: EpochMs;
  readonly lastKind: DecisionKind;
}

/** The state before the first window. */
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
