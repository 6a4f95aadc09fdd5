import type { MethodKey } from '../../limits/method-key.ts';
import { emptyRecord, own } from '../../platform/records.ts';
import type { KeyId, Rps, TierName } from '../../platform/units.ts';
import type { Policy } from '../../policy/schema/policy-schema.ts';
import { keysIn } from '../../telemetry/key-sketch.ts';
import type { KeyCounts, Window } from '../../telemetry/window.ts';

/** What one window says of one key, or of the lump of a tier's unlisted keys. */
export interface ObservedDemand {
  readonly tier: TierName;
  /** Keys in it: 1, or the estimated number of unlisted ones. */
  readonly count: number;
  readonly methods: Readonly<Record<MethodKey, Rps>>;
  /** Part of its requests that was refused by us or failed: what a client might send again. */
  readonly lostShare: number;
}

type Cells = Window['cells'][TierName];
type Listed = readonly (readonly [KeyId, KeyCounts])[];

/** Below this a lump is not worth an entry. */
const LEAST_RPS = 0.05;

export const lumpOf = (tier: TierName): KeyId => `rest of ${tier}`;

/** Demand per key of one window; the busiest apart, as many as the policy says, the rest of each tier as one lump of equals. */
export function observedDemand(window: Window, { demand }: Policy): Record<KeyId, ObservedDemand> {
  const byTier = Map.groupBy(busiestKeys(window.keys, demand.trackedKeys), ([, counts]) => counts.tier);
  const observed = emptyRecord<ObservedDemand>();
  for (const [tier, cells] of Object.entries(window.cells)) {
    const keys = byTier.get(tier) ?? [];
    const governed = governedShares(cells);
    const failedShare = failedShareOf(cells);
    for (const [key, counts] of keys) {
      const lostShare = lostOf(counts.throttled, requestsOf(counts), failedShare);
      observed[key] = { tier, count: 1, methods: ratesOf(counts.requests, governed, window), lostShare };
    }
    const lump = lumpOfTier(tier, cells, keys, window);
    if (lump !== undefined) observed[lumpOf(tier)] = lump;
  }
  return observed;
}

function lumpOfTier(tier: TierName, cells: Cells, keys: Listed, window: Window): ObservedDemand | undefined {
  const left = emptyRecord<number>();
  let throttled = -keys.reduce((sum, [, counts]) => sum + counts.throttled, 0);
  for (const [method, cell] of Object.entries(cells)) {
    const listed = keys.reduce((sum, [, counts]) => sum + (own(counts.requests, method) ?? 0), 0);
    left[method] = Math.max(0, cell.requests - listed);
    throttled += cell.throttled;
  }
  const methods = ratesOf(left, governedShares(cells), window);
  const rps = Object.values(methods).reduce((a, b) => a + b, 0);
  if (rps <= LEAST_RPS) return undefined;
  const requests = Object.values(left).reduce((a, b) => a + b, 0);
  const count = Math.max(1, Math.round(keysOfTier(tier, window) - keys.length));
  return { tier, count, methods, lostShare: lostOf(throttled, requests, failedShareOf(cells)) };
}

/** How many keys of a tier the window has seen, by name or in all. */
function keysOfTier(tier: TierName, { keys, sketches }: Window): number {
  const sketch = own(sketches, tier);
  if (sketch !== undefined) return keysIn(sketch);
  return Object.values(keys).filter((counts) => counts.tier === tier).length;
}

function ratesOf(
  requests: Readonly<Record<MethodKey, number>>,
  governed: Readonly<Record<MethodKey, number>>,
  window: Window,
): Record<MethodKey, Rps> {
  const rates = Object.entries(requests).map(
    ([method, count]) => [method, (count * (own(governed, method) ?? 1) * 1000) / window.lengthMs] as const,
  );
  return Object.fromEntries(rates);
}

function lostOf(throttled: number, requests: number, failedShare: number): number {
  const throttledShare = requests > 0 ? Math.min(1, Math.max(0, throttled) / requests) : 0;
  return 1 - (1 - throttledShare) * (1 - failedShare);
}

function failedShareOf(cells: Cells): number {
  const list = Object.values(cells);
  const reached = list.reduce((sum, { requests, throttled, quotaExceeded, refused }) => {
    return sum + Math.max(0, requests - throttled - quotaExceeded - refused);
  }, 0);
  const failed = list.reduce((sum, { serverErrors }) => sum + serverErrors, 0);
  return reached > 0 ? Math.min(1, failed / reached) : 0;
}

/** Per method, the part of requests that our limits judge: not those refused by a quota or by the gateway itself. */
function governedShares(cells: Cells): Record<MethodKey, number> {
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
