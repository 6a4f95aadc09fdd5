import { bounded } from '../../../shared/limits/bounds.ts';
import type { Limit } from '../../../shared/limits/limit.ts';
import type { DriftRecord } from '../../../shared/state/drift-record.ts';

/**
 * The limits that stand in for deployed ones because a person set them, by name. A limit of nothing, or one that no
 * stage can have, is no baseline: Tidegate could never write it, and a law that rests at nothing could not decide.
 */
export function adoptedLimits(drift: DriftRecord | undefined, account: Limit): ReadonlyMap<string, Limit> {
  const adopted = Object.entries(drift?.adopted ?? {});
  return new Map(adopted.filter(([, limit]) => bounded(limit, account).kind === 'limit'));
}
