import type { CostUnitsPerSecond, Rps, TierName } from '../../shared/platform/units.ts';
import type { RateFunction } from './traffic/rate.ts';

/** A deployed method, and what one request of it costs the backend, cost units. */
export interface Method {
  readonly verb: string;
  readonly path: string;
  readonly cost: number;
  /** How many times as long its requests take as others', whatever the load; 1 when absent. */
  readonly slowness?: number;
}

/** What a client does when it is refused (429) or failed (5xx, timeout). `maxAttempts` counts the first one too. */
export type ClientBehaviour =
  | { readonly kind: 'none' }
  | { readonly kind: 'immediate'; readonly maxAttempts: number }
  /** Exponential backoff with full jitter: uniform in [0, min(capMs, baseMs * 2^n)) before the n-th retry (from 0). */
  | { readonly kind: 'backoff'; readonly maxAttempts: number; readonly baseMs: number; readonly capMs: number }
  /** Waits what Retry-After says, plus up to a second of its own; on failures without it, like `backoff` from 1 s. */
  | { readonly kind: 'retry-after'; readonly maxAttempts: number };

/** Keys of one tier that share a demand and a way to behave. */
export interface ClientGroup {
  /** Unique in the scenario, kebab-case; the n-th key is called `<name>-<n>`, n from 1. */
  readonly name: string;
  readonly tier: TierName;
  /** False for the keys that cause the incident. */
  readonly honest: boolean;
  readonly keyCount: number;
  /** Zipf exponent of the demand over the keys; 0 makes them equal. */
  readonly skew: number;
  /** Fresh demand of the whole group, requests per second. */
  readonly demand: RateFunction;
  /** Fresh demand of the whole group on a calm day, requests per second; what it asks for at second 0 when absent. */
  readonly usualRps?: Rps;
  /** Share of each method in the demand, in the order of the scenario's methods; they add up to 1. */
  readonly mix: readonly number[];
  readonly behaviour: ClientBehaviour;
  /** How many times as long its requests take as others', whatever the load; 1 when absent. */
  readonly slowness?: number;
}

export interface BackendSpec {
  /** Cost units per second that it can do while it is not congested. */
  readonly capacity: RateFunction;
  /** Latency without load, milliseconds: the median, and the standard deviation of its logarithm. */
  readonly baseLatencyMs: number;
  readonly latencySpread: number;
  /** Noise that lasts: the standard deviation of its logarithm, and the seconds in which it forgets itself; none when absent. */
  readonly lastingNoise?: { readonly spread: number; readonly seconds: number };
  /** How many times as long all requests take, over time; 1 when absent. */
  readonly slowness?: RateFunction;
  /** By how much of itself latency has grown when utilisation reaches `kneeTo`; it starts to grow, as a square, at `kneeFrom`. */
  readonly kneeGrowth: number;
  /** Utilisations, `kneeFrom` < `kneeTo`; 0.8 and 1 when absent. */
  readonly kneeFrom?: number;
  readonly kneeTo?: number;
  /** By how much more than its capacity it can do, as a share of it, however badly; 0 when absent. */
  readonly roomShare?: number;
  /** Work it lets wait, seconds of its capacity; beyond that it answers 503 at once. */
  readonly queueSeconds: number;
  /** Share of capacity lost per second of work that waits (congestion collapse) … */
  readonly collapsePerQueuedSecond: number;
  /** … down to this share. */
  readonly collapseFloor: number;
  /** Share of requests that fail fast with 500 whatever the load, over time. */
  readonly fastFailureShare?: RateFunction;
  /** Beyond this utilisation requests fail with 500 after their work is done: a share that grows in proportion. */
  readonly loadFailure?: LoadFailure;
  /** What a service behind it bears, cost units per second over time; what comes beyond within a second fails fast with 500. */
  readonly dependencyCups?: RateFunction;
  /** Share of requests that the gateway's cache answers, so that they never reach the backend. */
  readonly cachedShare?: number;
}

export interface LoadFailure {
  readonly fromUtilisation: number;
  /** Share of requests that fail, per unit of utilisation beyond; all of them at most. */
  readonly sharePerUtilisation: number;
}

/** An answer is in time when it comes within `latencyMs` of the request's arrival. */
export interface Objective {
  readonly percentile: number;
  readonly latencyMs: number;
}

/** The tier whose service is scored apart, where a scenario names no other. */
export const PREMIUM: TierName = 'premium';

/** One incident, or none: everything that the simulated reality consists of. All times are seconds since its start. */
export interface Scenario {
  readonly name: string;
  /** One sentence: what happens. */
  readonly title: string;
  readonly durationSeconds: number;
  /** When it begins to hurt, and when its cause is over; 0 and the duration where nothing particular happens. */
  readonly onsetSeconds: number;
  readonly surgeEndSeconds: number;
  /** How long everything is at rest before the story begins; 0 when absent. */
  readonly preludeSeconds?: number;
  /** When the last trouble is over, which may be after the surge: slopes, decays; the end of the surge when absent. */
  readonly troubleEndSeconds?: number;
  readonly objective: Objective;
  readonly methods: readonly Method[];
  readonly groups: readonly ClientGroup[];
  /** The tier whose honest service and guarantee are scored apart; `premium` when absent. */
  readonly premiumTier?: TierName;
  readonly backend: BackendSpec;
  /** How much more regular than Poisson the sum of all arrivals is, 1 to 100; 1 when absent. For worlds in small. */
  readonly evenness?: number;
}

/** Cost units that the backend could serve at `seconds`, if it were never congested. */
export function capacityOf({ capacity, dependencyCups }: BackendSpec, seconds: number): CostUnitsPerSecond {
  return Math.min(capacity(seconds), dependencyCups?.(seconds) ?? Number.POSITIVE_INFINITY);
}

/** When everything is well again for good; undefined for a story whose trouble does not end. */
export function troubleEndOf({ troubleEndSeconds, surgeEndSeconds, durationSeconds }: Scenario): number | undefined {
  const end = troubleEndSeconds ?? surgeEndSeconds;
  return end < durationSeconds ? end : undefined;
}

/** The product of this many uniform numbers is still far from the smallest double. */
const LARGEST_EVENNESS = 100;

/**
 * The same scenario in small (or large): demand and capacity multiplied by `factor` (> 0), and the unevenness of demand
 * as a share of it kept, so that mitigation works as at full scale. Everything else is unchanged.
 */
export function scaledScenario(scenario: Scenario, factor: number): Scenario {
  const scale = (rate: RateFunction): RateFunction => {
    return (seconds) => rate(seconds) * factor;
  };
  const { dependencyCups } = scenario.backend;
  return {
    ...scenario,
    evenness: Math.min(LARGEST_EVENNESS, Math.max(1, Math.round(1 / factor))),
    groups: scenario.groups.map((group) => ({
      ...group,
      demand: scale(group.demand),
      ...(group.usualRps !== undefined && { usualRps: group.usualRps * factor }),
    })),
    backend: {
      ...scenario.backend,
      capacity: scale(scenario.backend.capacity),
      ...(dependencyCups && { dependencyCups: scale(dependencyCups) }),
    },
  };
}

/** Names of a group's keys, heaviest first. */
export const keyNames = (group: ClientGroup): string[] =>
  Array.from({ length: group.keyCount }, (_, index) => `${group.name}-${index + 1}`);

/** Cost units per second that the honest groups ask for at `seconds`. */
export const honestDemandCups = (scenario: Scenario, seconds: number): CostUnitsPerSecond =>
  scenario.groups.filter((group) => group.honest).reduce((sum, group) => sum + groupCups(scenario, group, seconds), 0);

function groupCups(scenario: Scenario, group: ClientGroup, seconds: number): CostUnitsPerSecond {
  const unitsPerRequest = group.mix.reduce(
    (sum, share, index) => sum + share * (scenario.methods[index]?.cost ?? 0),
    0,
  );
  return group.demand(seconds) * unitsPerRequest;
}
