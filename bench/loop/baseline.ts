import type { Baseline } from '../../shared/law/types.ts';
import type { Limit } from '../../shared/limits/limit.ts';

/** The service's own limits, as the template deploys them. */
const BASELINE: Baseline = {
  stage: { rateRps: 2000, burst: 5000 },
  tiers: {
    premium: { rateRps: 2000, burst: 5000 },
    standard: { rateRps: 500, burst: 1000 },
    basic: { rateRps: 100, burst: 200 },
    internal: { rateRps: 200, burst: 400 },
  },
};

/** The baseline of a service `scale` times as large; buckets hold whole requests. */
export function scaledBaseline(scale: number): Baseline {
  const scaled = ({ rateRps, burst }: Limit): Limit => ({
    rateRps: rateRps * scale,
    burst: Math.max(1, Math.round(burst * scale)),
  });
  const tiers = Object.entries(BASELINE.tiers).map(([tier, limit]) => [tier, scaled(limit)] as const);
  return { stage: scaled(BASELINE.stage), tiers: Object.fromEntries(tiers) };
}
