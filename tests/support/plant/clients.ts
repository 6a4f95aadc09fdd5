import type { Client } from './plant.ts';

/** Demand of a tier over several keys, the first the heaviest. */
function tierClients(tier: string, shares: readonly number[], rps: (second: number) => number): Client[] {
  return shares.map((share, index) => {
    return { key: `${tier}-${index + 1}`, tier, rps: (second) => share * rps(second), orderShare: 0.05 };
  });
}

const SPREAD = [0.34, 0.26, 0.2, 0.12, 0.08];

/** The honest demand of the incident: 500/500/300/50 requests per second, a twentieth of it orders. */
export function honestClients(factors: Partial<Record<string, (second: number) => number>> = {}): Client[] {
  const rps = (tier: string, mean: number) => (second: number) => mean * (factors[tier]?.(second) ?? 1);
  return [
    ...tierClients('premium', SPREAD, rps('premium', 500)),
    ...tierClients('standard', SPREAD, rps('standard', 500)),
    ...tierClients('basic', Array(10).fill(0.1), rps('basic', 300)),
    ...tierClients('internal', [0.6, 0.4], rps('internal', 50)),
  ];
}

/** A key that sends `peakRps` from one second to another, else `restRps`. */
export function runaway(tier: string, peakRps: number, from: number, to: number, restRps = 0): Client {
  const rps = (second: number) => (second >= from && second < to ? peakRps : restRps);
  return { key: `${tier}-runaway`, tier, rps, orderShare: 0.2 };
}
