import type { Flow, Signals } from '../../../shared/law/telling/signals.ts';

export interface Seen {
  readonly source?: Signals['source'];
  readonly startMs?: number;
  readonly seconds?: number;
  readonly offeredCups?: number;
  readonly admittedCups?: number;
  /** `admittedCups` when absent. */
  readonly completedCups?: number;
  readonly errorShare?: number;
  readonly throttledShare?: number;
  readonly latencyMs?: number | undefined;
  readonly samples?: number;
}

/** The signals of a window that began twenty seconds before the `now` of `evidenceOf`; each request costs 1. */
export function signalsOf(seen: Seen = {}): Signals {
  const { admittedCups = 400, startMs = 760_000, seconds = 10 } = seen;
  const total = flowOf(seen.offeredCups ?? admittedCups, admittedCups);
  return {
    source: seen.source ?? 'logs',
    startMs,
    endMs: startMs + seconds * 1000,
    seconds,
    lagMs: 8000,
    total,
    tiers: { premium: total },
    methods: { '/data/GET': total },
    completedCups: seen.completedCups ?? admittedCups,
    errorShare: seen.errorShare ?? 0,
    throttledShare: seen.throttledShare ?? 0,
    quotaExceededRps: 0,
    latencyMs: 'latencyMs' in seen ? seen.latencyMs : 100,
    samples: seen.samples ?? admittedCups * seconds,
  };
}

function flowOf(offeredCups: number, admittedCups: number): Flow {
  const throttledRps = offeredCups - admittedCups;
  return { offeredCups, admittedCups, offeredRps: offeredCups, admittedRps: admittedCups, throttledRps };
}
