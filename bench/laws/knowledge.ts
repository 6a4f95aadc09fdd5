import type { Scenario } from '../../rehearsal/world/scenario.ts';
import { capacityOf, keyNames } from '../../rehearsal/world/scenario.ts';
import { usualLimit, usualRates } from '../../rehearsal/world/scoring/usual-demand.ts';
import { zipfShares } from '../../rehearsal/world/traffic/skew.ts';
import type { SecondSnapshot } from '../../rehearsal/world/world-snapshot.ts';
import type { Limits } from '../../shared/limits/limits.ts';
import type { MethodKey } from '../../shared/limits/method-key.ts';
import type { CostUnitsPerSecond, EpochMs, KeyId, Rps, TierName } from '../../shared/platform/units.ts';

/** One key's fresh demand at an instant: first attempts, within its contract or not. */
export interface KnownKey {
  readonly keyId: KeyId;
  readonly tier: TierName;
  readonly rps: Rps;
  /** What of its demand counts as usual: docs/scores.md. */
  readonly usualRps: Rps;
  /** How often it tries in all when it is refused. */
  readonly attempts: number;
  /** Mean cost units of one of its requests, and the share of its requests by method. */
  readonly costPerRequest: number;
  /** Mean of the squared cost. */
  readonly squaredCost: number;
  readonly mix: Readonly<Record<MethodKey, number>>;
}

const GROWTH_SMOOTHING = 0.4;

/** What no real controller knows: the scenario itself, and the backend's queue of a second ago. */
export class Knowledge {
  /** By how much every bucket refills faster than its rate says. */
  readonly slack: number;
  private readonly scenario: Scenario;
  private readonly startMs: EpochMs;
  private readonly groups: readonly {
    readonly keys: readonly KnownKey[];
    readonly group: Scenario['groups'][number];
  }[];
  private backlog = 0;
  private waitsSeconds = 0;
  private growth = 0;
  private limits: Limits | undefined;

  constructor(scenario: Scenario, startMs: EpochMs, slack: number) {
    this.scenario = scenario;
    this.startMs = startMs;
    this.slack = slack;
    const usual = usualRates(scenario.groups);
    const reaching = 1 - (scenario.backend.cachedShare ?? 0);
    this.groups = scenario.groups.map((group, groupIndex) => {
      const methods = scenario.methods.map(({ verb, path }) => `${path}/${verb}`);
      const mix = Object.fromEntries(methods.map((method, index) => [method, group.mix[index] ?? 0]));
      const meanCost = (power: number) =>
        reaching *
        group.mix.reduce((sum, share, index) => sum + share * (scenario.methods[index]?.cost ?? 0) ** power, 0);
      const [costPerRequest, squaredCost] = [meanCost(1), meanCost(2)];
      const attempts = 'maxAttempts' in group.behaviour ? group.behaviour.maxAttempts : 1;
      const names = keyNames(group);
      const shares = zipfShares(group.keyCount, group.skew);
      const keys = names.map((keyId, index) => ({
        keyId,
        tier: group.tier,
        rps: shares[index] ?? 0,
        usualRps: usualLimit(usual[groupIndex]?.[index] ?? 0).rateRps,
        attempts,
        costPerRequest,
        squaredCost,
        mix,
      }));
      return { keys, group };
    });
  }

  /** Told of every second that has passed. */
  see(snapshot: SecondSnapshot, enforced: Limits): void {
    this.backlog = snapshot.backlogSeconds * snapshot.capacityCups;
    this.growth += GROWTH_SMOOTHING * (snapshot.backlogSeconds - this.waitsSeconds - this.growth);
    this.waitsSeconds = snapshot.backlogSeconds;
    this.limits = enforced;
  }

  /** The limits in force when the last second ended; undefined before the first. */
  enforced(): Limits | undefined {
    return this.limits;
  }

  /** By how many seconds of work the queue grows in a second, as of late. */
  backlogGrowth(): number {
    return this.growth;
  }

  /** The share of its capacity that it loses per second of work that waits. */
  get collapse(): number {
    return this.scenario.backend.collapsePerQueuedSecond;
  }

  /** A backend that does more than its capacity, badly: no queue tells. */
  get isQueueless(): boolean {
    const { roomShare = 0, dependencyCups } = this.scenario.backend;
    return roomShare > 0 || dependencyCups !== undefined;
  }

  /** Cost units that a request of the method takes from the backend, on average: what the cache answers takes none. */
  costOf(method: MethodKey): number {
    const { methods, backend } = this.scenario;
    const cost = methods.find(({ verb, path }) => `${path}/${verb}` === method)?.cost ?? 1;
    return cost * (1 - (backend.cachedShare ?? 0));
  }

  capacityCups(atMs: EpochMs): CostUnitsPerSecond {
    return capacityOf(this.scenario.backend, this.secondOf(atMs));
  }

  /** Every key's fresh demand; keys that ask for nothing are left out. */
  keyDemand(atMs: EpochMs): KnownKey[] {
    const second = this.secondOf(atMs);
    return this.groups.flatMap(({ keys, group }) => {
      const rps = Math.max(0, group.demand(second));
      return rps === 0 ? [] : keys.map((key) => ({ ...key, rps: key.rps * rps }));
    });
  }

  /** Work that waited in the backend when the last second ended, cost units. */
  backlogCups(): number {
    return this.backlog;
  }

  private secondOf(atMs: EpochMs): number {
    return Math.max(0, (atMs - this.startMs) / 1000);
  }
}
