import { randomStreams } from '../../local/world/random-streams.ts';
import { type BackendSpec, type ClientGroup, type Method, scaledScenario } from '../../local/world/scenario.ts';
import { BACKEND, honestGroups, METHODS, OBJECTIVE } from '../../local/world/scenarios/common.ts';
import { constant, type RateFunction, scaled } from '../../local/world/traffic/rate.ts';
import type { TierName } from '../../shared/platform/units.ts';
import { scaledBaseline } from '../loop/baseline.ts';
import type { BenchScenario, TelemetryTrouble } from './bench-scenario.ts';
import { SIZE } from './size.ts';

/** Draws the figures of one scenario, the same for the same scenario and seed, in the order in which they are asked for. */
export interface Jitter {
  /** Uniform from `middle` * (1 - `share`) to `middle` * (1 + `share`). */
  level(middle: number, share?: number): number;
  /** A whole second, uniform from `middle` - `by` to `middle` + `by`. */
  second(middle: number, by?: number): number;
}

/** A story at the brief's size, with its figures drawn. */
export interface Sketch {
  readonly durationSeconds: number;
  readonly onsetSeconds: number;
  readonly surgeEndSeconds: number;
  readonly groups: readonly ClientGroup[];
  readonly backend: BackendSpec;
  readonly methods?: readonly Method[];
  readonly trouble?: TelemetryTrouble;
}

const NO_TROUBLE: TelemetryTrouble = { lost: [], late: [] };
const LEVEL_SHARE = 0.15;
const SECONDS = 20;

/** A family of scenarios from its name, what happens (one sentence), and how it is drawn. */
export function family(name: string, title: string, sketch: (jitter: Jitter) => Sketch): BenchScenario {
  return {
    name,
    title,
    draw(seed) {
      const { trouble = NO_TROUBLE, methods = METHODS, ...story } = sketch(jitterOf(name, seed));
      const scenario = scaledScenario({ name, title, objective: OBJECTIVE, methods, ...story }, SIZE);
      return { scenario, trouble, baseline: scaledBaseline(SIZE) };
    },
  };
}

function jitterOf(name: string, seed: number): Jitter {
  const random = randomStreams(seed)(`bench/scenario/${name}`);
  return {
    level: (middle, share = LEVEL_SHARE) => middle * (1 + share * (2 * random() - 1)),
    second: (middle, by = SECONDS) => middle - by + Math.floor(random() * (2 * by + 1)),
  };
}

/** Each tier's demand at rest, drawn: 1,553 cost units a second in all, 71 % of the backend's capacity, give or take 10 %. */
export function honest(
  jitter: Jitter,
  demandOf: (restRps: number, tier: TierName) => RateFunction = constant,
): ClientGroup[] {
  return honestGroups((restRps, tier) => demandOf(jitter.level(restRps, REST_SHARE), tier));
}

const REST_SHARE = 0.1;

/** The brief's backend, its capacity following `course` (1: as at rest), 2,200 cost units a second give or take 5 %. */
export function backend(jitter: Jitter, course: RateFunction = constant(1)): BackendSpec {
  return { ...BACKEND, capacity: scaled(course, jitter.level(BACKEND.capacity(0), 0.05)) };
}
