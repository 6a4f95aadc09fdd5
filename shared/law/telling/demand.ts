import type { Limit } from '../../limits/limit.ts';
import type { MethodKey } from '../../limits/method-key.ts';
import { jsonBytes } from '../../platform/json-size.ts';
import { emptyRecord, mapRecord, own } from '../../platform/records.ts';
import type { CostUnitsPerSecond, KeyId, Rps, TierName } from '../../platform/units.ts';
import type { Policy } from '../../policy/schema/policy-schema.ts';
import { ALL, type Window } from '../../telemetry/window.ts';
import type { KeyDemand } from '../allocation/water-level.ts';
import type { DemandEntry } from '../state.ts';
import { alignMethods, type Naming } from './lumped-methods.ts';
import { lumpOf, type ObservedDemand, observedDemand } from './observed-demand.ts';
import { type AttemptsState, attemptsOf, wantedRps } from './retries.ts';

type Entries = Readonly<Record<KeyId, DemandEntry>>;
/** What is known of demand: the part of the law's memory that matters here. */
export interface Load {
  readonly demand: Entries;
  readonly attempts: Readonly<Record<TierName, AttemptsState>>;
}
type TierLimits = Readonly<Record<TierName, Limit>>;

/** Below this a remembered key is forgotten. */
const FORGOTTEN_RPS = 0.05;
/** The most that demand may take of the stored state, whose item holds 400 KB in all. */
const MOST_BYTES = 240_000;
/** Significant digits of a rate that is stored in little space: far finer than counts of ten seconds tell. */
const ENOUGH_DIGITS = 4;

/**
 * Demand per key after one more window: a distinct rise counts at once, anything else is smoothed with the policy's
 * half-life, so that a pause of a bursting client does not look like its end and chance does not add up over many
 * keys. Keys that the window does not list are one lump per tier. What is wanted is what is asked less what comes back
 * of the lost (docs/control-law.md, "Demand"). Nothing falls while answers are held up
 * in a queue (`isFading` false): fewer answers are then no fewer requests. If the whole grew too large to be stored, each
 * entry names only its costliest methods, and then there are fewer entries.
 */
export function updateDemand(
  load: Load,
  window: Window,
  isFading: boolean,
  policy: Policy,
): Record<KeyId, DemandEntry> {
  const seconds = window.lengthMs / 1000;
  const { halfLifeSeconds, jumpDeviations, trackedKeys } = policy.demand;
  const pace = { seconds, isFading, kept: 0.5 ** (seconds / halfLifeSeconds), jumpDeviations };
  const costOf = (method: MethodKey) => own(policy.methodCost, method) ?? 1;
  const observed = observedDemand(window, policy);
  const withNames = (most: number) => merged(load, observed, { ...pace, naming: { most, costOf } }, policy);
  const exact = withNames(Number.POSITIVE_INFINITY);
  return jsonBytes(exact) <= MOST_BYTES ? exact : storable(exact, withNames, trackedKeys);
}

/** Demand in less space: first with fewer digits, then with fewer names of methods, then with fewer keys. */
function storable(
  exact: Entries,
  withNames: (most: number) => Entries,
  trackedKeys: number,
): Record<KeyId, DemandEntry> {
  let next = withFewDigits(exact);
  let most = Number.POSITIVE_INFINITY;
  for (let bytes = jsonBytes(next); bytes > MOST_BYTES && most > 0; bytes = jsonBytes(next)) {
    most = Math.floor((Math.min(most, meanOfMethods(next)) * MOST_BYTES) / bytes);
    next = withFewDigits(withNames(most));
  }
  for (let keys = trackedKeys; jsonBytes(next) > MOST_BYTES; keys = Math.floor(keys / 2)) next = busiest(next, keys);
  return next;
}

function withFewDigits(entries: Entries): Record<KeyId, DemandEntry> {
  const short = (rps: Rps): Rps => Number(rps.toPrecision(ENOUGH_DIGITS));
  return mapRecord(entries, (entry) => ({ ...entry, methods: mapRecord(entry.methods, short) }));
}

function meanOfMethods(entries: Entries): number {
  const numbers = Object.values(entries).map(({ methods }) => Object.keys(methods).length);
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

function merged(
  { demand: entries, attempts }: Load,
  observed: Readonly<Record<KeyId, ObservedDemand>>,
  pace: Pace,
  policy: Policy,
): Record<KeyId, DemandEntry> {
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
  return busiest(next, policy.demand.trackedKeys);
}

interface Pace {
  readonly seconds: number;
  readonly isFading: boolean;
  /** Weight of what was known before. */
  readonly kept: number;
  readonly jumpDeviations: number;
  readonly naming: Naming;
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

function mergeEntry(
  before: DemandEntry | undefined,
  now: ObservedDemand | undefined,
  wanted: Rps,
  pace: Pace,
): DemandEntry {
  const { tier, count } = now ?? before ?? { tier: '', count: 0 };
  const known = { before: before?.methods ?? {}, now: now?.methods ?? {} };
  // The minute metrics name few methods, and all others are one in them already.
  const sides = tier === ALL ? known : alignMethods(known, pace.naming);
  const methods = emptyRecord<Rps>();
  for (const method of new Set([...Object.keys(sides.before), ...Object.keys(sides.now)])) {
    methods[method] = mergeRate(own(sides.before, method) ?? 0, own(sides.now, method) ?? 0, pace);
  }
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
