import { randomStreams } from '../../rehearsal/world/random-streams.ts';
import {
  type BackendSpec,
  type ClientBehaviour,
  type ClientGroup,
  type Method,
  type Scenario,
  scaledScenario,
} from '../../rehearsal/world/scenario.ts';
import { BACKEND, HONEST_MIX, honestGroups, METHODS, OBJECTIVE } from '../../rehearsal/world/scenarios/common.ts';
import { constant, type RateFunction, scaled } from '../../rehearsal/world/traffic/rate.ts';
import type { TierName } from '../../shared/platform/units.ts';
import { scaledBaseline } from '../loop/baseline.ts';
import type { BenchScenario, TelemetryTrouble } from './bench-scenario.ts';
import { afterRest, troubleAfterRest } from './prelude.ts';

/** Draws the figures of one scenario, the same for the same scenario and seed, in the order in which they are asked for. */
export interface Jitter {
  /** Uniform from `middle` * (1 - `share`) to `middle` * (1 + `share`). */
  level(middle: number, share?: number): number;
  /** A whole second, uniform from `middle` - `by` to `middle` + `by`. */
  second(middle: number, by?: number): number;
  /** A whole number, uniform from 0 to `count` - 1. */
  index(count: number): number;
}

/** A story at the brief's size, with its figures drawn. */
export interface Sketch {
  readonly durationSeconds: number;
  readonly onsetSeconds: number;
  readonly surgeEndSeconds: number;
  readonly groups: readonly ClientGroup[];
  readonly backend: BackendSpec;
  readonly methods?: readonly Method[];
  /** How long the trouble lingers after the surge: slopes and decays; 0 when absent. */
  readonly lingersSeconds?: number;
  readonly trouble?: TelemetryTrouble;
}

const NO_TROUBLE: TelemetryTrouble = { lost: [], late: [] };
const LEVEL_SHARE = 0.15;
const REST_SHARE = 0.1;
const CAPACITY_SHARE = 0.05;
const SECONDS = 20;
const RUN_ON_SECONDS = 1200;
/** Of latency: independent noise would make every estimate seem sure within a few windows. */
const LASTING_NOISE = { spread: 0.06, seconds: 60 };

export interface FamilyOptions {
  /** A law knows nothing of the API before the story's five minutes at rest. */
  readonly hasNoHistory?: boolean;
  /** No limit can shorten its failures. */
  readonly isUnavoidable?: boolean;
}

/** A family of scenarios from its name, what happens (one sentence), and how it is drawn; some minutes of rest go before. */
export function family(
  name: string,
  title: string,
  sketch: (jitter: Jitter) => Sketch,
  { isUnavoidable = false, hasNoHistory = false }: FamilyOptions = {},
): BenchScenario {
  return {
    name,
    title,
    isUnavoidable,
    hasNoHistory,
    draw(seed, size) {
      const { trouble = NO_TROUBLE, methods = METHODS, ...story } = toItsRest(sketch(jitterOf(name, seed)));
      const scenario: Scenario = { name, title, objective: OBJECTIVE, methods, ...story };
      return {
        scenario: { ...scaledScenario(afterRest(scenario), size), evenness: 1 },
        trouble: troubleAfterRest(trouble),
        baseline: scaledBaseline(size),
      };
    },
  };
}

/** A story whose trouble ends runs on for so long that all limits can be seen at rest. */
function toItsRest({ lingersSeconds = 0, ...story }: Sketch) {
  const troubleEndSeconds = story.surgeEndSeconds + lingersSeconds;
  if (troubleEndSeconds >= story.durationSeconds) return story;
  const durationSeconds = Math.max(story.durationSeconds, troubleEndSeconds + RUN_ON_SECONDS);
  return { ...story, durationSeconds, troubleEndSeconds };
}

/** Usual is the mean of what the groups ask for in so many seconds: for stories that begin with a low. */
export function usualInTheMean(groups: readonly ClientGroup[], seconds: number): ClientGroup[] {
  const at = Array.from({ length: 100 }, (_, step) => ((step + 0.5) / 100) * seconds);
  return groups.map((group) => ({
    ...group,
    usualRps: at.reduce((sum, second) => sum + group.demand(second), 0) / at.length,
  }));
}

function jitterOf(name: string, seed: number): Jitter {
  const random = randomStreams(seed)(`bench/scenario/${name}`);
  return {
    level: (middle, share = LEVEL_SHARE) => middle * (1 + share * (2 * random() - 1)),
    second: (middle, by = SECONDS) => middle - by + Math.floor(random() * (2 * by + 1)),
    index: (count) => Math.floor(random() * count),
  };
}

/**
 * The honest clients, each tier's level drawn within 10 %; `course` is what becomes of it over time (1: as at rest).
 * At rest they ask for 1,553 cost units a second, 71 % of the backend's capacity.
 */
export function honest(
  jitter: Jitter,
  course: RateFunction = constant(1),
  share = REST_SHARE,
  only: (tier: TierName) => boolean = () => true,
): ClientGroup[] {
  return honestGroups((restRps, tier) => {
    const level = jitter.level(restRps, share);
    return only(tier) ? scaled(course, level) : constant(level);
  });
}

/** The brief's backend, 2,200 cost units a second within 5 %; `course` is what becomes of it over time (1: all of it). */
export function backend(jitter: Jitter, course: RateFunction = constant(1), share = CAPACITY_SHARE): BackendSpec {
  return {
    ...BACKEND,
    lastingNoise: LASTING_NOISE,
    capacity: scaled(course, jitter.level(BACKEND.capacity(0), share)),
  };
}

/** Twice and no more: where most of a crowd is refused for long, more tries would leave little room for first attempts. */
export const TRIES_TWICE: ClientBehaviour = { kind: 'backoff', maxAttempts: 2, baseMs: 1000, capMs: 20_000 };

/** Clients that join the honest ones; unless `rest` says otherwise they ask for the same mix and never try again. */
export function crowd(
  name: string,
  tier: TierName,
  keyCount: number,
  demand: RateFunction,
  rest: Partial<ClientGroup> = {},
): ClientGroup {
  const behaviour = { kind: 'none' } as const;
  return { name, tier, honest: false, keyCount, skew: 0.3, demand, mix: HONEST_MIX, behaviour, ...rest };
}

/** 1, but `level` from `startSeconds` to `endSeconds`, reached and left in straight lines of `slopeSeconds` (> 0). */
export const plateau =
  (level: number, startSeconds: number, endSeconds: number, slopeSeconds = 1): RateFunction =>
  (seconds) => {
    const risen = Math.min(1, Math.max(0, (seconds - startSeconds) / slopeSeconds));
    const fallen = Math.min(1, Math.max(0, (seconds - endSeconds) / slopeSeconds));
    return 1 + (level - 1) * (risen - fallen);
  };
