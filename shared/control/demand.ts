import type { KeyDemand } from '../allocation/water-level.ts';
import type { CostUnitsPerSecond, KeyId, Limit, MethodKey, Rps, TierName } from '../platform/units.ts';
import type { Policy } from '../policy/schema.ts';
import type { KeyCounts, Window } from '../telemetry/window.ts';
import type { DemandEntry } from './state.ts';

type Entries = Readonly<Record<KeyId, DemandEntry>>;
type TierLimits = Readonly<Record<TierName, Limit>>;

/** Below this a remembered key is forgotten. */
const FORGOTTEN_RPS = 0.05;

/**
 * Demand per key after one more window: it rises at once and fades with the policy's half-life, so that a pause of
 * a bursting client does not look like its end. Keys that the window does not list are one lump per tier.
 * Nothing fades while answers are held up in a queue (`isFading` false): fewer answers are then no fewer requests.
 */
export function updateDemand(
  entries: Entries,
  window: Window,
  isFading: boolean,
  policy: Policy,
): Record<KeyId, DemandEntry> {
  const fade = isFading ? 0.5 ** (window.lengthMs / 1000 / policy.demand.halfLifeSeconds) : 1;
  const observed = observedDemand(window, policy.demand.trackedKeys);
  const next: Record<KeyId, DemandEntry> = { ...observed };
  for (const [key, entry] of Object.entries(entries)) {
    const merged = mergeEntry(entry, observed[key], fade);
    if (rpsOf(merged) >= FORGOTTEN_RPS) next[key] = merged;
    else delete next[key];
  }
  return busiest(next, policy.demand.trackedKeys);
}

function busiest(entries: Record<KeyId, DemandEntry>, most: number): Record<KeyId, DemandEntry> {
  const keys = Object.keys(entries);
  if (keys.length <= most * 2) return entries;
  const ranked = Object.entries(entries).sort(([, a], [, b]) => rpsOf(b) - rpsOf(a));
  return Object.fromEntries(ranked.slice(0, most * 2));
}

function mergeEntry(before: DemandEntry, now: DemandEntry | undefined, fade: number): DemandEntry {
  const methods: Record<MethodKey, Rps> = { ...now?.methods };
  for (const [method, rps] of Object.entries(before.methods)) {
    methods[method] = Math.max(methods[method] ?? 0, rps * fade);
  }
  return { tier: now?.tier ?? before.tier, count: now?.count ?? before.count, methods };
}

function observedDemand(window: Window, mostKeys: number): Record<KeyId, DemandEntry> {
  const listed = busiestKeys(window.keys, mostKeys);
  const seconds = window.lengthMs / 1000;
  const byTier = Map.groupBy(listed, ([, counts]) => counts.tier);
  const observed: Record<KeyId, DemandEntry> = {};
  for (const [tier, cells] of Object.entries(window.cells)) {
    const keys = byTier.get(tier) ?? [];
    const rest: Record<MethodKey, Rps> = {};
    const governed = governedShares(cells);
    for (const [method, cell] of Object.entries(cells)) {
      const inKeys = keys.reduce((sum, [, counts]) => sum + (counts.requests[method] ?? 0), 0);
      rest[method] = (Math.max(0, cell.requests - inKeys) * (governed[method] ?? 1)) / seconds;
    }
    for (const [key, counts] of keys) {
      const methods = Object.entries(counts.requests).map(
        ([method, requests]) => [method, (requests * (governed[method] ?? 1)) / seconds] as const,
      );
      observed[key] = { tier, count: 1, methods: Object.fromEntries(methods) };
    }
    const restRps = Object.values(rest).reduce((a, b) => a + b, 0);
    const smallest = Math.min(...keys.map(([, counts]) => requestsOf(counts) / seconds));
    const count = Number.isFinite(smallest) && smallest > 0 ? Math.max(1, Math.ceil(restRps / smallest)) : 1;
    if (restRps > FORGOTTEN_RPS) observed[`rest of ${tier}`] = { tier, count, methods: rest };
  }
  return observed;
}

/** Per method, the part of requests that our limits judge: not those refused by a quota or by the gateway itself. */
function governedShares(cells: Window['cells'][TierName]): Record<MethodKey, number> {
  const shares = Object.entries(cells).map(([method, cell]) => {
    const governed = cell.requests - cell.quotaExceeded - cell.refused;
    return [method, cell.requests > 0 ? Math.max(0, governed) / cell.requests : 1] as const;
  });
  return Object.fromEntries(shares);
}

function busiestKeys(keys: Window['keys'], most: number): (readonly [KeyId, KeyCounts])[] {
  const entries = Object.entries(keys);
  if (entries.length <= most) return entries;
  const ranked = entries.map((entry) => ({ entry, requests: requestsOf(entry[1]) }));
  return ranked
    .sort((a, b) => b.requests - a.requests)
    .slice(0, most)
    .map(({ entry }) => entry);
}

function requestsOf(counts: KeyCounts): number {
  return Object.values(counts.requests).reduce((sum, requests) => sum + requests, 0);
}

function rpsOf(entry: DemandEntry): Rps {
  return Object.values(entry.methods).reduce((sum, rps) => sum + rps, 0);
}

/** What the water level works on: every key of each tier, its requests per second and their mean cost. */
export function keysByTier(entries: Entries, policy: Policy): Record<TierName, KeyDemand[]> {
  const tiers: Record<TierName, KeyDemand[]> = {};
  for (const entry of Object.values(entries)) {
    const rps = rpsOf(entry);
    if (rps <= 0) continue;
    const keys = tiers[entry.tier] ?? [];
    keys.push({ rps: rps / entry.count, count: entry.count, costPerRequest: costOfEntry(entry, policy) / rps });
    tiers[entry.tier] = keys;
  }
  return tiers;
}

function costOfEntry(entry: DemandEntry, policy: Policy): CostUnitsPerSecond {
  return Object.entries(entry.methods).reduce((sum, [method, rps]) => sum + rps * (policy.methodCost[method] ?? 1), 0);
}

/** Cost per method that these tier limits would let through; a key's mix of methods is not changed by its limit. */
export function costByMethod(
  entries: Entries,
  limits: TierLimits,
  policy: Policy,
): Record<MethodKey, CostUnitsPerSecond> {
  const methods: Record<MethodKey, CostUnitsPerSecond> = {};
  for (const entry of Object.values(entries)) {
    const perKeyRps = rpsOf(entry) / entry.count;
    const limitRps = limits[entry.tier]?.rateRps ?? Number.POSITIVE_INFINITY;
    const passed = perKeyRps > 0 ? Math.min(1, limitRps / perKeyRps) : 0;
    for (const [method, rps] of Object.entries(entry.methods)) {
      methods[method] = (methods[method] ?? 0) + rps * passed * (policy.methodCost[method] ?? 1);
    }
  }
  return methods;
}

export function sumOf(record: Readonly<Record<string, number>>): number {
  return Object.values(record).reduce((sum, value) => sum + value, 0);
}
