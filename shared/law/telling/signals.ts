import type { MethodKey } from '../../limits/method-key.ts';
import { emptyRecord, own } from '../../platform/records.ts';
import type { CostUnitsPerSecond, EpochMs, Rps, TierName } from '../../platform/units.ts';
import type { Policy } from '../../policy/schema/policy-schema.ts';
import type { Cell, Window } from '../../telemetry/window.ts';
import { addHistograms, percentileMs } from './histogram.ts';

/** Rates of one tier or method within a window. */
export interface Flow {
  readonly offeredRps: Rps;
  readonly admittedRps: Rps;
  readonly offeredCups: CostUnitsPerSecond;
  readonly admittedCups: CostUnitsPerSecond;
  readonly throttledRps: Rps;
}

/**
 * What one window says. Offered is what our limits judge: requests less those that a spent quota or the gateway
 * refused for reasons of its own, which are no load and never overload.
 */
export interface Signals {
  readonly source: Window['source'];
  readonly startMs: EpochMs;
  readonly endMs: EpochMs;
  readonly seconds: number;
  readonly lagMs: number;
  readonly total: Flow;
  readonly tiers: Readonly<Record<TierName, Flow>>;
  readonly methods: Readonly<Record<MethodKey, Flow>>;
  /** Cost of what the backend finished successfully, late or not. */
  readonly completedCups: CostUnitsPerSecond;
  /** Server errors over all that reached the backend. */
  readonly errorShare: number;
  readonly throttledShare: number;
  readonly quotaExceededRps: Rps;
  readonly latencyMs: number | undefined;
  /** Answers of the backend in this window. */
  readonly samples: number;
}

const NO_FLOW: Flow = { offeredRps: 0, admittedRps: 0, offeredCups: 0, admittedCups: 0, throttledRps: 0 };

/** Cost units of one request. The minute metrics' method `all` has the mean cost seen in the log. */
export function costOf(policy: Policy, method: MethodKey, meanCost: number): number {
  return method === 'all' ? meanCost : (own(policy.methodCost, method) ?? 1);
}

export function readSignals(window: Window, policy: Policy, meanCost: number): Signals {
  const seconds = window.lengthMs / 1000;
  const tiers = emptyRecord<Flow>();
  const methods = emptyRecord<Flow>();
  const sum = { completed: 0, errors: 0, quota: 0, reached: 0, latency: [] as number[] };
  for (const [tier, cells] of Object.entries(window.cells)) {
    for (const [method, cell] of Object.entries(cells)) {
      const cost = costOf(policy, method, meanCost);
      const flow = flowOf(cell, cost, seconds);
      tiers[tier] = addFlows(own(tiers, tier) ?? NO_FLOW, flow);
      methods[method] = addFlows(own(methods, method) ?? NO_FLOW, flow);
      const reached = Math.max(0, flow.admittedRps * seconds);
      sum.reached += reached;
      sum.completed += Math.max(0, reached - cell.serverErrors) * cost;
      sum.errors += Math.min(cell.serverErrors, reached);
      sum.quota += cell.quotaExceeded;
      sum.latency = addHistograms(sum.latency, cell.latency);
    }
  }
  const total = Object.values(tiers).reduce(addFlows, NO_FLOW);
  return {
    source: window.source,
    startMs: window.startMs,
    endMs: window.startMs + window.lengthMs,
    seconds,
    lagMs: window.lagMs,
    total,
    tiers,
    methods,
    completedCups: sum.completed / seconds,
    errorShare: sum.reached > 0 ? sum.errors / sum.reached : 0,
    throttledShare: total.offeredRps > 0 ? total.throttledRps / total.offeredRps : 0,
    quotaExceededRps: sum.quota / seconds,
    latencyMs: percentileMs(sum.latency, policy.objective.latencyPercentile),
    samples: sum.reached,
  };
}

function flowOf(cell: Cell, cost: number, seconds: number): Flow {
  const offeredRps = Math.max(0, cell.requests - cell.quotaExceeded - cell.refused) / seconds;
  const throttledRps = Math.min(offeredRps, cell.throttled / seconds);
  const admittedRps = offeredRps - throttledRps;
  return { offeredRps, admittedRps, throttledRps, offeredCups: offeredRps * cost, admittedCups: admittedRps * cost };
}

function addFlows(a: Flow, b: Flow): Flow {
  return {
    offeredRps: a.offeredRps + b.offeredRps,
    admittedRps: a.admittedRps + b.admittedRps,
    offeredCups: a.offeredCups + b.offeredCups,
    admittedCups: a.admittedCups + b.admittedCups,
    throttledRps: a.throttledRps + b.throttledRps,
  };
}
