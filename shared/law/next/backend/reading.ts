import type { MethodKey } from '../../../limits/method-key.ts';
import { emptyRecord, own } from '../../../platform/records.ts';
import type { CostUnitsPerSecond, EpochMs, Rps, TierName } from '../../../platform/units.ts';
import type { Policy } from '../../../policy/schema/policy-schema.ts';
import type { Cell, Window } from '../../../telemetry/window.ts';

/** Requests of one tier or method in a window, per second. */
export interface Flow {
  /** What our limits judged: neither a spent quota nor the gateway's own refusals, which are no load. */
  readonly offeredRps: Rps;
  readonly admittedRps: Rps;
  /** Admitted and not answered by a cache or the gateway itself. */
  readonly reachedRps: Rps;
  readonly failedRps: Rps;
}

/** What one window says of load; of latency see latency.ts. */
export interface Reading {
  readonly source: Window['source'];
  readonly startMs: EpochMs;
  readonly endMs: EpochMs;
  readonly seconds: number;
  readonly tiers: Readonly<Record<TierName, Flow>>;
  readonly methods: Readonly<Record<MethodKey, Flow>>;
  readonly offeredRps: Rps;
  /** Work that reached the backend, and what of it succeeded, late or not. */
  readonly admittedCups: CostUnitsPerSecond;
  readonly completedCups: CostUnitsPerSecond;
  /** Answers of the backend, number; their relative error as a count of work, share. */
  readonly answers: number;
  readonly chance: number;
  readonly errorShare: number;
}

const NOTHING: Flow = { offeredRps: 0, admittedRps: 0, reachedRps: 0, failedRps: 0 };
const REACH_WINDOWS = 6;

/** Work of one request that reaches the backend, in cost units: the policy's word, else 1. */
export const costOf = (policy: Policy, method: MethodKey) => own(policy.methodCost, method) ?? 1;

export function readWindow(window: Window, policy: Policy): Reading {
  const seconds = window.lengthMs / 1000;
  const tiers = emptyRecord<Flow>();
  const methods = emptyRecord<Flow>();
  for (const [tier, cells] of Object.entries(window.cells)) {
    for (const [method, cell] of Object.entries(cells)) {
      const flow = flowOf(cell, seconds);
      tiers[tier] = sum(own(tiers, tier) ?? NOTHING, flow);
      methods[method] = sum(own(methods, method) ?? NOTHING, flow);
    }
  }
  const flows = Object.entries(methods);
  const over = (of: (flow: Flow, cost: number) => number) =>
    flows.reduce((total, [method, flow]) => total + of(flow, costOf(policy, method)), 0);
  const reached = over(({ reachedRps }) => reachedRps);
  const admittedCups = over(({ reachedRps }, cost) => reachedRps * cost);
  const squares = over(({ reachedRps }, cost) => reachedRps * cost * cost);
  return {
    source: window.source,
    startMs: window.startMs,
    endMs: window.startMs + window.lengthMs,
    seconds,
    tiers,
    methods,
    offeredRps: over(({ offeredRps }) => offeredRps),
    admittedCups,
    completedCups: over(({ reachedRps, failedRps }, cost) => (reachedRps - failedRps) * cost),
    answers: reached * seconds,
    chance: admittedCups > 0 ? Math.sqrt(squares / seconds) / admittedCups : 1,
    errorShare: reached > 0 ? over(({ failedRps }) => failedRps) / reached : 0,
  };
}

function flowOf(cell: Cell, seconds: number): Flow {
  const offered = Math.max(0, cell.requests - cell.quotaExceeded - cell.refused);
  const admitted = offered - Math.min(offered, cell.throttled);
  const reached = Math.min(
    admitted,
    cell.latency.reduce((total, count) => total + count, 0),
  );
  return {
    offeredRps: offered / seconds,
    admittedRps: admitted / seconds,
    reachedRps: reached / seconds,
    failedRps: Math.min(reached, cell.serverErrors) / seconds,
  };
}

function sum(a: Flow, b: Flow): Flow {
  return {
    offeredRps: a.offeredRps + b.offeredRps,
    admittedRps: a.admittedRps + b.admittedRps,
    reachedRps: a.reachedRps + b.reachedRps,
    failedRps: a.failedRps + b.failedRps,
  };
}

/** What share of admitted requests reaches the backend, by method, after one more window. */
export function updateReach(
  reach: Readonly<Record<MethodKey, number>>,
  { methods }: Reading,
): Record<MethodKey, number> {
  const next = { ...reach };
  for (const [method, { admittedRps, reachedRps }] of Object.entries(methods)) {
    if (admittedRps <= 0) continue;
    const seen = reachedRps / admittedRps;
    const before = own(reach, method) ?? seen;
    next[method] = before + (seen - before) / REACH_WINDOWS;
  }
  return next;
}
