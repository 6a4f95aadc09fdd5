import type { Limit } from '../../limits/limit.ts';
import type { MethodKey } from '../../limits/method-key.ts';
import { emptyRecord, mapRecord, own, recordOf } from '../../platform/records.ts';
import type { CostUnitsPerSecond, KeyId, Rps, TierName } from '../../platform/units.ts';
import type { Policy } from '../../policy/schema/policy-schema.ts';
import type { Window } from '../../telemetry/window.ts';
import type { KeyDemand } from '../allocation/water-level.ts';
import type { DemandEntry } from '../state.ts';
import { lumpOf, type ObservedDemand, observedDemand } from './observed-demand.ts';
import { type AttemptsState, attemptsOf, wantedRps } from './retries.ts';

type Entries = Readonly<Record<KeyId, DemandEntry>>;
/** What is known of demand: the part of the law's memory that matters here. */
export interface Load {
  readonly demand: Entries;
  readonly attempts: Readonly<Record<TierName, AttemptsState>>;
}
type TierLimits = Readonly<Record<TierName, Limit>>;

/** Rates of methods that are stored in all: with their names some 250 KB of an item's 400. */
const MOST_RATES = 4_000;
/** Below this a remembered key is forgotten. */
const FORGOTTEN_RPS = 0.05;

/**
 * Demand per key after one more window: a distinct rise counts at once, anything else is smoothed with the policy's
 * half-life, so that a pause of a bursting client does not look like its end and chance does not add up over many
 * keys. Keys that the window does not list are one lump per tier. What is wanted is what is asked less what comes back
 * of the lost (docs/control-law.md, "Demand"). Nothing falls while answers are held up
 * in a queue (`isFading` false): fewer answers are then no fewer requests.
 */
export function updateDemand(
  { demand: entries, attempts }: Load,
  window: Window,
  isFading: boolean,
  policy: Policy,
): Record<KeyId, DemandEntry> {
  const seconds = window.lengthMs / 1000;
  const { halfLifeSeconds, jumpDeviations, trackedKeys } = policy.demand;
  const pace: Pace = { seconds, isFading, kept: 0.5 ** (seconds / halfLifeSeconds), jumpDeviations };
  const observed = observedDemand(window, policy);
  const wantedOf = (seen: ObservedDemand) =>
    wantedRps(sumOf(seen.methods), seen.lostShare, attemptsOf(own(attempts, seen.tier), policy));
  const next = emptyRecord<DemandEntry>();
  for (const [key, entry] of Object.entries(observed)) {
    next[key] = mergeEntry(own(entries, key), entry, wantedOf(entry), pace);
  }
  for (const [key, entry] of Object.entries(entries)) {
    if (own(observed, key) !== undefined || isInLump(entry, observed, policy)) continue;
    const fading = mergeEntry(entry, undefined, 0, pace);
    if (rpsOf(fading) >= FORGOTTEN_RPS) next[key] = fading;
  }
  return storable(busiest(next, trackedKeys));
}

interface Pace {
  readonly seconds: number;
  readonly isFading: boolean;
  /** Weight of what was known before. */
  readonly kept: number;
  readonly jumpDeviations: number;
}

/** Not listed any more, and small enough to be among those that the window lumps together. */
function isInLump(entry: DemandEntry, observed: Readonly<Record<KeyId, ObservedDemand>>, policy: Policy): boolean {
  const lump = own(observed, lumpOf(entry.tier));
  if (lump === undefined) return false;
  return rpsOf(entry) <= (policy.demand.lumpFactor * sumOf(lump.methods)) / Math.max(1, lump.count - 1);
}

function busiest(entries: Record<KeyId, DemandEntry>, most: number): Record<KeyId, DemandEntry> {
  const keys = Object.keys(entries);
  if (keys.length <= most * 2) return entries;
  const ranked = Object.entries(entries).sort(([, a], [, b]) => rpsOf(b) - rpsOf(a));
  return Object.fromEntries(ranked.slice(0, most * 2));
}

/**
 * The same demand in a size that can be stored. Where keys ask for very many methods in all, each key keeps those that it
 * asks for most, raised so that they add up to what it asks for.
 */
function storable(entries: Record<KeyId, DemandEntry>): Record<KeyId, DemandEntry> {
  const all = Object.values(entries);
  const rates = all.reduce((sum, { methods }) => sum + Object.keys(methods).length, 0);
  if (rates <= MOST_RATES) return entries;
  const most = Math.max(1, Math.floor(MOST_RATES / all.length));
  return mapRecord(entries, (entry) => ({ ...entry, methods: largest(entry.methods, most) }));
}

function largest(methods: DemandEntry['methods'], most: number): Record<MethodKey, Rps> {
  const kept = Object.entries(methods)
    .sort(([, a], [, b]) => b - a)
    .slice(0, most);
  const share = sumOf(Object.fromEntries(kept)) / sumOf(methods);
  return recordOf(kept.map(([method, rps]) => [method, Number((rps / share).toPrecision(4))] as const));
}

function mergeEntry(
  before: DemandEntry | undefined,
  now: ObservedDemand | undefined,
  wanted: Rps,
  pace: Pace,
): DemandEntry {
  const methods = emptyRecord<Rps>();
  for (const method of new Set([...Object.keys(before?.methods ?? {}), ...Object.keys(now?.methods ?? {})])) {
    methods[method] = mergeRate(own(before?.methods, method) ?? 0, own(now?.methods, method) ?? 0, pace);
  }
  const { tier, count } = now ?? before ?? { tier: '', count: 0 };
  return { tier, count, wantedRps: mergeRate(before?.wantedRps ?? wanted, wanted, pace), methods };
}

function mergeRate(before: Rps, now: Rps, { seconds, isFading, kept, jumpDeviations }: Pace): Rps {
  const deviation = Math.sqrt(Math.max(before, 1 / seconds) / seconds);
  if (now > before + jumpDeviations * deviation) return now;
  if (now < before && !isFading) return before;
  return before * kept + now * (1 - kept);
}

function rpsOf(entry: DemandEntry): Rps {
  return Object.values(entry.methods).reduce((sum, rps) => sum + rps, 0);
}

/** What part of its requests a key is believed to want. */
function believedShare(entry: DemandEntry): number {
  const rps = rpsOf(entry);
  return rps > 0 ? Math.min(1, entry.wantedRps / rps) : 1;
}

/** All that is asked, or what is believed to be wanted. */
export type Belief = 'asked' | 'believed';

/** What the water level works on: every key of each tier, its requests per second and their mean cost. */
export function keysByTier(demand: Entries, belief: Belief, policy: Policy): Record<TierName, KeyDemand[]> {
  const tiers = emptyRecord<KeyDemand[]>();
  for (const entry of Object.values(demand)) {
    const rps = rpsOf(entry);
    if (rps <= 0) continue;
    const keys = own(tiers, entry.tier) ?? [];
    const believedRps = rps * (belief === 'asked' ? 1 : believedShare(entry));
    keys.push({ rps: believedRps / entry.count, count: entry.count, costPerRequest: costOfEntry(entry, policy) / rps });
    tiers[entry.tier] = keys;
  }
  return tiers;
}

function costOfEntry(entry: DemandEntry, policy: Policy): CostUnitsPerSecond {
  return Object.entries(entry.methods).reduce(
    (sum, [method, rps]) => sum + rps * (own(policy.methodCost, method) ?? 1),
    0,
  );
}

/** Cost per method that these tier limits would let through; a key's mix of methods is not changed by its limit. */
export function costByMethod(
  demand: Entries,
  limits: TierLimits,
  policy: Policy,
): Record<MethodKey, CostUnitsPerSecond> {
  const methods = emptyRecord<CostUnitsPerSecond>();
  for (const entry of Object.values(demand)) {
    const believed = believedShare(entry);
    const perKeyRps = (believed * rpsOf(entry)) / entry.count;
    const limitRps = own(limits, entry.tier)?.rateRps ?? Number.POSITIVE_INFINITY;
    const passed = perKeyRps > 0 ? believed * Math.min(1, limitRps / perKeyRps) : 0;
    for (const [method, rps] of Object.entries(entry.methods)) {
      methods[method] = (own(methods, method) ?? 0) + rps * passed * (own(policy.methodCost, method) ?? 1);
    }
  }
  return methods;
}

export function sumOf(record: Readonly<Record<string, number>>): number {
  return Object.values(record).reduce((sum, value) => sum + value, 0);
}
