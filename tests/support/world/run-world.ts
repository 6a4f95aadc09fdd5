import type { GatewayPort } from '@tidegate/embedded-aws/gateway';
import type { TierTerms } from '../../../rehearsal/world/omniscient.ts';
import { randomStreams } from '../../../rehearsal/world/random-streams.ts';
import type { Scenario } from '../../../rehearsal/world/scenario.ts';
import { World } from '../../../rehearsal/world/world.ts';
import type { SecondSnapshot } from '../../../rehearsal/world/world-snapshot.ts';
import type { Limit } from '../../../shared/limits/limit.ts';

export const START_MS = Date.UTC(2031, 0, 1);

export const CONTRACTS: Readonly<Record<string, Limit>> = {
  premium: { rateRps: 2000, burst: 5000 },
  standard: { rateRps: 500, burst: 1000 },
  basic: { rateRps: 100, burst: 200 },
  internal: { rateRps: 200, burst: 400 },
};

export const TERMS: readonly TierTerms[] = [
  { name: 'premium', weight: 4, floorShare: 0, sacrificeRank: 2 },
  { name: 'standard', weight: 2, floorShare: 0, sacrificeRank: 1 },
  { name: 'basic', weight: 1, floorShare: 0, sacrificeRank: 0 },
  { name: 'internal', weight: 4, floorShare: 0, sacrificeRank: 3 },
];

export interface WorldOnOptions {
  readonly seed?: number;
  /** Multiplies the contracts. */
  readonly scale?: number;
}

/** Builds a world over `gateway` and collects its snapshots; the caller advances it. */
export function worldOn(gateway: GatewayPort, scenario: Scenario, { seed = 1, scale = 1 }: WorldOnOptions = {}) {
  const seconds: SecondSnapshot[] = [];
  const contracts = Object.entries(CONTRACTS).map(([tier, { rateRps, burst }]): [string, Limit] => [
    tier,
    { rateRps: rateRps * scale, burst: burst * scale },
  ]);
  const world = new World({
    scenario,
    startMs: START_MS,
    gateway,
    keyId: (keyName) => keyName,
    random: randomStreams(seed),
    tiers: TERMS,
    contracts: Object.fromEntries(contracts),
    onSecond: (snapshot) => seconds.push(snapshot),
  });
  return { world, seconds };
}
