import type { TierName } from '../../../shared/platform/units.ts';

/** First attempts of honest clients: how many, and how many of them were answered in time. */
export interface HonestCount {
  readonly asked: number;
  readonly served: number;
}

export type HonestByTier = Readonly<Record<TierName, HonestCount>>;

/** Added on both sides, so that a tier that hardly asks for anything does not decide by chance. */
const EVEN_REQUESTS = 50;

/**
 * By tier: honest first attempts answered in time, relative to the same under static limits, pooled over all runs; below 1
 * control did harm. `ours` and `still` are the same stories with the same seeds.
 */
export function harmRatios(ours: readonly HonestByTier[], still: readonly HonestByTier[]): Record<TierName, number> {
  const tiers = new Set([...ours, ...still].flatMap((run) => Object.keys(run)));
  const servedIn = (runs: readonly HonestByTier[], tier: TierName) =>
    runs.reduce((sum, run) => sum + (run[tier]?.served ?? 0), 0) + EVEN_REQUESTS;
  return Object.fromEntries([...tiers].map((tier) => [tier, servedIn(ours, tier) / servedIn(still, tier)]));
}

/** The tier that was harmed most, and its ratio; undefined without tiers. */
export function worstHarm(ratios: Readonly<Record<TierName, number>>): { tier: TierName; ratio: number } | undefined {
  const [worst] = Object.entries(ratios).toSorted(([, a], [, b]) => a - b);
  return worst && { tier: worst[0], ratio: worst[1] };
}
