import { type Cell, type KeyCounts, LATENCY_BOUNDS_MS, type Window } from '../../../shared/telemetry/window.ts';

export interface CellSketch {
  readonly requests: number;
  readonly throttled?: number;
  readonly quotaExceeded?: number;
  readonly refused?: number;
  readonly serverErrors?: number;
  readonly latencyMs?: number;
}

/** The counts of one tier and method; all answers take the same time. */
export function cell(sketch: CellSketch): Cell {
  const { requests, throttled = 0, quotaExceeded = 0, refused = 0, serverErrors = 0, latencyMs = 200 } = sketch;
  const index = LATENCY_BOUNDS_MS.findIndex((bound) => latencyMs <= bound);
  const latency: number[] = Array(LATENCY_BOUNDS_MS.length + 1).fill(0);
  latency[index < 0 ? LATENCY_BOUNDS_MS.length : index] = requests - throttled - quotaExceeded - refused;
  return { requests, throttled, quotaExceeded, refused, serverErrors, slow: 0, latency };
}

/** A ten-second log window with one method. Without `keys`, all requests of a tier come from one key. */
export function logWindow(
  startMs: number,
  tiers: Readonly<Record<string, CellSketch>>,
  keys?: Readonly<Record<string, KeyCounts>>,
): Window {
  const cells = Object.entries(tiers).map(([tier, sketch]) => [tier, { '/data/GET': cell(sketch) }] as const);
  const perTier = Object.entries(tiers).map(([tier, { requests, throttled = 0 }]) => {
    return [`${tier}-1`, { tier, requests: { '/data/GET': requests }, throttled }] as const;
  });
  return {
    startMs,
    lengthMs: 10_000,
    source: 'logs',
    cells: Object.fromEntries(cells),
    keys: keys ?? Object.fromEntries(perTier),
    lagMs: 8000,
  };
}

/** A minute of AWS's own metrics, which tell neither tiers nor keys nor methods. */
export function minuteWindow(startMs: number, sketch: CellSketch): Window {
  return {
    startMs,
    lengthMs: 60_000,
    source: 'metrics',
    cells: { all: { '*/*': cell(sketch) } },
    keys: {},
    lagMs: 90_000,
  };
}
