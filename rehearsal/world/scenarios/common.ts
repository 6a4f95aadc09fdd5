import type { TierName } from '../../../shared/platform/units.ts';
import type { BackendSpec, ClientBehaviour, ClientGroup, Method, Objective } from '../scenario.ts';
import { constant, type RateFunction } from '../traffic/rate.ts';

/** The deployed methods that clients use; an order costs the backend four times as much as the other method. */
export const METHODS: readonly Method[] = [
  { verb: 'GET', path: '/data', cost: 1 },
  { verb: 'POST', path: '/orders', cost: 4 },
];
export const HONEST_MIX: readonly number[] = [0.95, 0.05];
export const OBJECTIVE: Objective = { percentile: 90, latencyMs: 500 };

/** Bears 2,200 cost units a second at about 200 ms; congestion costs it some, and it lets three seconds of work wait. */
export const BACKEND: BackendSpec = {
  capacity: constant(2200),
  baseLatencyMs: 200,
  latencySpread: 0.15,
  kneeGrowth: 0.5,
  queueSeconds: 3,
  collapsePerQueuedSecond: 0.05,
  collapseFloor: 0.5,
};

const PATIENT: ClientBehaviour = { kind: 'retry-after', maxAttempts: 3 };
const JITTERED: ClientBehaviour = { kind: 'backoff', maxAttempts: 3, baseMs: 500, capMs: 8000 };

interface HonestTier {
  readonly tier: TierName;
  readonly rateRps: number;
  readonly keyCount: number;
  readonly skew: number;
  readonly behaviour: ClientBehaviour;
}

/** 1,350 rps at rest over 155 keys, every key within its contract. */
const HONEST_TIERS: readonly HonestTier[] = [
  { tier: 'premium', rateRps: 500, keyCount: 30, skew: 0.9, behaviour: PATIENT },
  { tier: 'standard', rateRps: 500, keyCount: 60, skew: 0.9, behaviour: JITTERED },
  { tier: 'basic', rateRps: 300, keyCount: 60, skew: 0.7, behaviour: JITTERED },
  { tier: 'internal', rateRps: 50, keyCount: 5, skew: 0.5, behaviour: PATIENT },
];
export const HONEST_RPS = 1350;

/** The honest clients; each tier's demand at rest goes through `demandOf`, and all behave as `behaviour` if it is given. */
export function honestGroups(
  demandOf: (restRps: number, tier: TierName) => RateFunction = constant,
  behaviour?: ClientBehaviour,
): ClientGroup[] {
  return HONEST_TIERS.map(({ tier, rateRps, keyCount, skew, behaviour: own }) => ({
    name: `honest-${tier}`,
    tier,
    honest: true,
    keyCount,
    skew,
    demand: demandOf(rateRps, tier),
    mix: HONEST_MIX,
    behaviour: behaviour ?? own,
  }));
}
