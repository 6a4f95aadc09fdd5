import { type Cell, type KeyCounts, LATENCY_BOUNDS_MS, type Window } from '../../../shared/telemetry/window.ts';

interface Counting {
  requests: number;
  throttled: number;
  quotaExceeded: number;
  refused: number;
  serverErrors: number;
  slow: number;
  latency: number[];
}

export interface Answered {
  readonly key: string;
  readonly tier: string;
  readonly method: string;
  /** Answered, with whatever result. */
  readonly offered: number;
  readonly throttled: number;
  readonly admitted: number;
  readonly failed: number;
  readonly latencyMs: number;
}

/** Counts what a log window would count. */
export class WindowRecorder {
  private cells: Record<string, Record<string, Counting>> = {};
  private keys: Record<string, { tier: string; requests: Record<string, number>; throttled: number }> = {};

  add(answered: Answered, random: () => number): void {
    const { key, tier, method, offered, admitted, failed } = answered;
    if (offered === 0) return;
    const methods = this.cells[tier] ?? {};
    this.cells[tier] = methods;
    const cell = methods[method] ?? emptyCell();
    methods[method] = cell;
    cell.requests += offered;
    cell.throttled += answered.throttled;
    cell.serverErrors += failed;
    const spread = answered.latencyMs * (0.85 + 0.3 * random());
    const bucket = LATENCY_BOUNDS_MS.findIndex((bound) => spread <= bound);
    const index = bucket < 0 ? LATENCY_BOUNDS_MS.length : bucket;
    cell.latency[index] = (cell.latency[index] ?? 0) + admitted;
    const counts = this.keys[key] ?? { tier, requests: {}, throttled: 0 };
    this.keys[key] = counts;
    counts.requests[method] = (counts.requests[method] ?? 0) + offered;
    counts.throttled += answered.throttled;
  }

  close(startMs: number, lengthMs: number): Window {
    const window = { startMs, lengthMs, source: 'logs' as const, cells: this.cells, keys: this.keys, lagMs: 0 };
    this.cells = {};
    this.keys = {};
    return window satisfies { cells: Record<string, Record<string, Cell>>; keys: Record<string, KeyCounts> };
  }
}

function emptyCell(): Counting {
  return {
    requests: 0,
    throttled: 0,
    quotaExceeded: 0,
    refused: 0,
    serverErrors: 0,
    slow: 0,
    latency: Array(LATENCY_BOUNDS_MS.length + 1).fill(0),
  };
}
