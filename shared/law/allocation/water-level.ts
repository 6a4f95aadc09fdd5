import type { CostUnitsPerSecond, Rps } from '../../platform/units.ts';

/** Keys of one tier that ask for the same: usually one key, or the lump of those too quiet to be listed. */
export interface KeyDemand {
  /** Requests per second asked for by each of these keys. */
  readonly rps: Rps;
  /** How many such keys. */
  readonly count: number;
  /** Mean cost units of one of their requests. */
  readonly costPerRequest: number;
}

/**
 * The one rate that, given to every key of a tier, admits `share` cost units per second: the level with
 * sum over keys of min(demand, level) x cost = share (docs/control-law.md, "Water level"). Light keys are untouched,
 * heavy ones trimmed to the same level. `Infinity` when all that is asked for fits.
 */
export function waterLevel(share: CostUnitsPerSecond, keys: readonly KeyDemand[]): Rps {
  const sorted = keys.toSorted((a, b) => a.rps - b.rps);
  let slope = sorted.reduce((sum, key) => sum + key.count * key.costPerRequest, 0);
  let admitted = 0;
  let below = 0;
  for (const key of sorted) {
    const next = admitted + slope * (key.rps - below);
    if (next > share) return below + Math.max(0, share - admitted) / slope;
    admitted = next;
    below = key.rps;
    slope -= key.count * key.costPerRequest;
  }
  return Number.POSITIVE_INFINITY;
}

/** Cost units per second that these keys pass when each may send `levelRps`. */
export function admittedAt(levelRps: Rps, keys: readonly KeyDemand[]): CostUnitsPerSecond {
  return keys.reduce((sum, key) => sum + key.count * key.costPerRequest * Math.min(key.rps, levelRps), 0);
}
