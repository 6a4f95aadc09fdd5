import { ASSUMPTIONS } from '@tidegate/embedded-aws/kernel';
import { randomStreams } from '../../rehearsal/world/random-streams.ts';

interface RangeMs {
  readonly min: number;
  readonly max: number;
}

/** How long things take in one run. No law is told. */
export interface Delays {
  /** Until a written limit is enforced. */
  readonly stageMs: RangeMs;
  readonly planMs: RangeMs;
  /** Age of a minute's metrics when they become readable. */
  readonly minuteMs: RangeMs;
  /** By how much older windows are than a law's telemetry says. */
  readonly windowAgeFactor: number;
}

export const USUAL_DELAYS: Delays = {
  stageMs: ASSUMPTIONS.stagePropagationMs,
  planMs: ASSUMPTIONS.planPropagationMs,
  minuteMs: { min: 60_000, max: 180_000 },
  windowAgeFactor: 1,
};

/** Each seed has an AWS of its own: AWS publishes none of these delays, and any may be shorter or longer than assumed. */
export function delaysOf(seed: number): Delays {
  const random = randomStreams(seed)('bench/delays');
  const between = (least: number, most: number) => least + random() * (most - least);
  return {
    stageMs: { min: between(1000, 3000), max: between(6000, 15_000) },
    planMs: { min: between(3000, 8000), max: between(20_000, 45_000) },
    minuteMs: { min: between(50_000, 80_000), max: between(120_000, 210_000) },
    windowAgeFactor: between(0.7, 1.6),
  };
}
