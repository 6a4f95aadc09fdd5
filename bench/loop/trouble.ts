import type { Random } from '@tidegate/embedded-aws/kernel';
import type { EpochMs } from '../../shared/platform/units.ts';
import type { TelemetryTrouble } from '../scenarios/bench-scenario.ts';

export const NO_TROUBLE: TelemetryTrouble = { lost: [], late: [] };

/** Whether the window that begins at `startMs` never arrives. Draws one random number per period that contains it. */
export function isLost(trouble: TelemetryTrouble, startMs: EpochMs, originMs: EpochMs, random: Random): boolean {
  const second = (startMs - originMs) / 1000;
  return trouble.lost.some(({ from, to, share }) => second >= from && second < to && random() < share);
}

/** How much later than usual the window that ends at `endMs` arrives, in milliseconds. */
export function extraDelayMs(trouble: TelemetryTrouble, endMs: EpochMs, originMs: EpochMs): number {
  const second = (endMs - originMs) / 1000;
  const delays = trouble.late
    .filter(({ from, to }) => second >= from && second < to)
    .map(({ extraSeconds }) => extraSeconds * 1000);
  return Math.max(0, ...delays);
}
