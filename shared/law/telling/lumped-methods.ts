import { type MethodKey, STAGE_DEFAULT } from '../../limits/method-key.ts';
import { own, recordOf } from '../../platform/records.ts';
import type { CostUnitsPerSecond, Rps } from '../../platform/units.ts';

/** Requests per second by method; `STAGE_DEFAULT` stands for all methods that are not named. */
type Rates = Readonly<Record<MethodKey, Rps>>;

/** What was known of one key, and what one window says of it. */
export interface Sides {
  readonly before: Rates;
  readonly now: Rates;
}

export interface Naming {
  /** The number of methods that are named; all others are one. */
  readonly most: number;
  readonly costOf: (method: MethodKey) => number;
}

/**
 * Both sides with the same named methods: those of the greatest cost. A method that gets its name in this window had its
 * rate among the others before; that rate is taken out of theirs, so that the sum stays.
 */
export function alignMethods({ before, now }: Sides, { most, costOf }: Naming): Sides {
  const methods = [...new Set([...Object.keys(before), ...Object.keys(now)])].filter((each) => each !== STAGE_DEFAULT);
  if (methods.length <= most && own(before, STAGE_DEFAULT) === undefined) return { before, now };
  const named = costliest(methods, most, (each) => costOf(each) * ((own(before, each) ?? 0) + (own(now, each) ?? 0)));
  const known = withOthers(before, named);
  let othersRps = known[STAGE_DEFAULT] ?? 0;
  for (const method of named) {
    if (own(before, method) !== undefined) continue;
    const takenRps = Math.min(othersRps, own(now, method) ?? 0);
    known[method] = takenRps;
    othersRps -= takenRps;
  }
  known[STAGE_DEFAULT] = othersRps;
  return { before: known, now: withOthers(now, named) };
}

function costliest(
  methods: readonly MethodKey[],
  most: number,
  costOf: (method: MethodKey) => CostUnitsPerSecond,
): ReadonlySet<MethodKey> {
  const ranked = methods.map((method) => ({ method, cost: costOf(method) })).sort((a, b) => b.cost - a.cost);
  return new Set(ranked.slice(0, most).map(({ method }) => method));
}

/** The named methods, and the sum of all others. */
function withOthers(rates: Rates, named: ReadonlySet<MethodKey>): Record<MethodKey, Rps> {
  const all = Object.entries(rates);
  const others = all.filter(([method]) => !named.has(method)).reduce((sum, [, rps]) => sum + rps, 0);
  return recordOf([...all.filter(([method]) => named.has(method)), [STAGE_DEFAULT, others]]);
}
