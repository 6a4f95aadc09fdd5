import { type MethodKey, STAGE_DEFAULT } from '../limits/method-key.ts';
import { emptyRecord, own, recordOf } from '../platform/records.ts';
import type { EpochMs, KeyId, TierName } from '../platform/units.ts';
import { mergeSketches, sketchOf } from './key-sketch.ts';
import type { Cell, KeyCounts, Window } from './window.ts';
import { LATENCY_BOUNDS_MS } from './window.ts';

/** Length of a window of the fast path, in milliseconds. */
export const WINDOW_MS = 10_000;

/** Number of keys that a window lists; its cells include all keys. */
export const TOP_KEYS = 50;

/** The start of the window that contains an instant. */
export function windowStartOf(atMs: EpochMs): EpochMs {
  return Math.floor(atMs / WINDOW_MS) * WINDOW_MS;
}

export function emptyCell(): Cell {
  return {
    requests: 0,
    throttled: 0,
    quotaExceeded: 0,
    refused: 0,
    serverErrors: 0,
    slow: 0,
    latency: new Array<number>(LATENCY_BOUNDS_MS.length).fill(0),
  };
}

/** An empty window. */
export function emptyWindow(startMs: EpochMs, source: Window['source'] = 'logs', lengthMs = WINDOW_MS): Window {
  return { startMs, lengthMs, source, cells: {}, keys: {}, lagMs: 0 };
}

export function addCells(left: Cell, right: Cell): Cell {
  return {
    requests: left.requests + right.requests,
    throttled: left.throttled + right.throttled,
    quotaExceeded: left.quotaExceeded + right.quotaExceeded,
    refused: left.refused + right.refused,
    serverErrors: left.serverErrors + right.serverErrors,
    slow: left.slow + right.slow,
    latency: left.latency.map((count, bucket) => count + (right.latency[bucket] ?? 0)),
  };
}

/** The window with every count multiplied by `factor`, to scale a sample up. */
export function scaleWindow(window: Window, factor: number): Window {
  if (factor === 1) return window;
  const scaleCell = (cell: Cell): Cell => ({
    requests: cell.requests * factor,
    throttled: cell.throttled * factor,
    quotaExceeded: cell.quotaExceeded * factor,
    refused: cell.refused * factor,
    serverErrors: cell.serverErrors * factor,
    slow: cell.slow * factor,
    latency: cell.latency.map((count) => count * factor),
  });
  const scaleKey = (key: KeyCounts): KeyCounts => ({
    tier: key.tier,
    requests: mapValues(key.requests, (count) => count * factor),
    throttled: key.throttled * factor,
  });
  const cells = mapValues(window.cells, (methods) => mapValues(methods, scaleCell));
  return { ...window, cells, keys: mapValues(window.keys, scaleKey) };
}

function mapValues<In, Out>(record: Readonly<Record<string, In>>, map: (value: In) => Out): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}

/** The window with only its busiest methods by name; all others count as one, `STAGE_DEFAULT`. No request is lost. */
export function withFewerMethods(window: Window, most: number): Window {
  const requests = new Map<MethodKey, number>();
  for (const methods of Object.values(window.cells))
    for (const [method, cell] of Object.entries(methods))
      requests.set(method, (requests.get(method) ?? 0) + cell.requests);
  const ranked = [...requests].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const named = new Set(ranked.slice(0, most).map(([method]) => method));
  const lumped = <Count>(counts: Readonly<Record<MethodKey, Count>>, add: (left: Count, right: Count) => Count) => {
    const sums = emptyRecord<Count>();
    for (const [method, count] of Object.entries(counts)) {
      const name = named.has(method) ? method : STAGE_DEFAULT;
      const sum = own(sums, name);
      sums[name] = sum === undefined ? count : add(sum, count);
    }
    return sums;
  };
  return {
    ...window,
    cells: mapValues(window.cells, (methods) => lumped(methods, addCells)),
    keys: mapValues(window.keys, (key) => ({ ...key, requests: lumped(key.requests, (left, right) => left + right) })),
  };
}

/**
 * Adds up the parts of one window. The sum does not depend on their order. A key that a part did not name (because it
 * was not among that part's busiest) may be short by at most what the least busy named key of that part had.
 */
export function mergeParts(parts: readonly Window[]): Window {
  const [first] = parts;
  if (!first) throw new RangeError('A window needs at least one part.');
  if (parts.length === 1) return first;
  const cells = new Map<TierName, Map<MethodKey, Cell>>();
  const keys = new Map<KeyId, KeyCounts>();
  for (const part of parts) {
    for (const [tier, methods] of Object.entries(part.cells)) addTier(cells, tier, methods);
    for (const [keyId, counts] of Object.entries(part.keys)) keys.set(keyId, addKeys(keys.get(keyId), counts));
  }
  return {
    ...first,
    cells: Object.fromEntries([...cells].map(([tier, methods]) => [tier, Object.fromEntries(methods)])),
    ...keysOf(keys, parts),
    lagMs: Math.max(...parts.map((part) => part.lagMs)),
  };
}

function addTier(
  cells: Map<TierName, Map<MethodKey, Cell>>,
  tier: TierName,
  methods: Readonly<Record<MethodKey, Cell>>,
): void {
  const sums = cells.get(tier) ?? new Map<MethodKey, Cell>();
  for (const [method, cell] of Object.entries(methods)) {
    const sum = sums.get(method);
    sums.set(method, sum ? addCells(sum, cell) : cell);
  }
  cells.set(tier, sums);
}

function addKeys(sum: KeyCounts | undefined, counts: KeyCounts): KeyCounts {
  if (!sum) return counts;
  const requests = recordOf(Object.entries(sum.requests));
  for (const [method, count] of Object.entries(counts.requests))
    requests[method] = (own(requests, method) ?? 0) + count;
  return { tier: counts.tier, requests, throttled: sum.throttled + counts.throttled };
}

/**
 * The keys of a window: the busiest by name, and sketches for tiers with more keys.
 * @param keys all keys known by name
 * @param parts parts whose sketches may count further keys
 */
export function keysOf(
  keys: ReadonlyMap<KeyId, KeyCounts>,
  parts: readonly Window[] = [],
): Pick<Window, 'keys' | 'sketches'> {
  const listed = busiest(keys);
  const sketches = parts.flatMap((part) => Object.entries(part.sketches ?? {}));
  const unlisted = [...keys].filter(([keyId]) => own(listed, keyId) === undefined).map(([, { tier }]) => tier);
  const tiers = new Set([...unlisted, ...sketches.map(([tier]) => tier)]);
  if (tiers.size === 0) return { keys: listed };
  const sketched = [...tiers].sort().map((tier) => {
    const named = [...keys].filter(([, counts]) => counts.tier === tier).map(([keyId]) => keyId);
    const counted = sketches.filter(([name]) => name === tier).map(([, sketch]) => sketch);
    return [tier, mergeSketches([sketchOf(named), ...counted])] as const;
  });
  return { keys: listed, sketches: Object.fromEntries(sketched) };
}

/** The `TOP_KEYS` keys with the most requests; ties by id, so that the choice never depends on arrival. */
export function busiest(keys: ReadonlyMap<KeyId, KeyCounts>): Record<KeyId, KeyCounts> {
  if (keys.size <= TOP_KEYS) return Object.fromEntries(keys);
  const ranked = [...keys].map(([keyId, counts]) => ({ keyId, counts, total: totalOf(counts) }));
  ranked.sort((a, b) => b.total - a.total || (a.keyId < b.keyId ? -1 : 1));
  return Object.fromEntries(ranked.slice(0, TOP_KEYS).map(({ keyId, counts }) => [keyId, counts]));
}

function totalOf(counts: KeyCounts): number {
  let total = 0;
  for (const count of Object.values(counts.requests)) total += count;
  return total;
}
