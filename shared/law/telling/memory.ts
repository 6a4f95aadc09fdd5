import { own } from '../../platform/records.ts';
import type { CostUnitsPerSecond, EpochMs } from '../../platform/units.ts';
import type { Policy } from '../../policy/schema/policy-schema.ts';
import { ALL, type Window } from '../../telemetry/window.ts';
import type { Mark, MemoryState } from '../state.ts';
import { updateDemand } from './demand.ts';
import type { Health } from './health.ts';
import { headroom, judge } from './health.ts';
import { updateAttempts } from './retries.ts';
import { readSignals, type Signals } from './signals.ts';

export interface Remembered {
  readonly memory: MemoryState;
  readonly signals: Signals;
  readonly health: Health;
}

/** Reads one window and lets it into memory. `isBinding`: limits held demand back. */
export function remember(memory: MemoryState, window: Window, isBinding: boolean, policy: Policy): Remembered {
  const signals = readSignals(window, policy, memory.meanCost);
  const health = judge(signals, memory.healthyLatencyMs, policy);
  const isLog = signals.source === 'logs';
  const isHeldUp = health === 'congested' || health === 'severe';
  const next: MemoryState = {
    ...memory,
    ...whatIsAsked(ofSource(memory, isLog), signals, window, !isHeldUp, policy),
    ...howItFares(memory, signals, health, isBinding, policy),
    usual: isBinding || health !== 'healthy' ? memory.usual : usualDemand(memory.usual, signals, policy),
    admittedCups: signals.total.admittedCups,
    lastWindowEndMs: signals.endMs,
    lastNewsMs: Math.max(memory.lastNewsMs, signals.endMs),
    lastLogEndMs: isLog ? signals.endMs : memory.lastLogEndMs,
  };
  return { memory: next, signals, health };
}

/** Demand per key, how often clients try, the mean cost of a request. */
function whatIsAsked(memory: MemoryState, signals: Signals, window: Window, isFading: boolean, policy: Policy) {
  const { offeredCups, offeredRps } = signals.total;
  return {
    demand: updateDemand(memory, window, isFading, policy),
    attempts: updateAttempts(memory.attempts, signals, policy),
    meanCost: offeredRps > 0 ? offeredCups / offeredRps : memory.meanCost,
  };
}

/** What tiers ask for in calm: of minutes nothing can be told by tier, and while some are refused others ask again. */
function usualDemand(before: MemoryState['usual'], signals: Signals, { demand, guard }: Policy): MemoryState['usual'] {
  if (signals.source !== 'logs' || signals.throttledShare > guard.calmThrottledShare) return before;
  const tiers = Object.entries(signals.tiers).map(([tier, { offeredCups }]) => {
    const known = own(before, tier) ?? offeredCups;
    return [tier, smooth(known, offeredCups, signals.seconds, demand.usualHalfLifeSeconds)] as const;
  });
  return { ...before, ...Object.fromEntries(tiers) };
}

/** Latency, its healthy mean and the way left to the knee; how long and at what rate the backend was healthy. */
function howItFares(memory: MemoryState, signals: Signals, health: Health, isBinding: boolean, policy: Policy) {
  const isGood = health === 'healthy' || (health === 'thin' && signals.errorShare <= policy.objective.errorShare);
  // What a limit lets through of a surge at first is no proof; under a total that we search with it is.
  const isTested = isBinding || signals.throttledShare <= policy.guard.calmThrottledShare;
  // What two windows in a row admitted was no chance, nor is what a whole minute did.
  const { admittedCups } = signals.total;
  const sustainedCups = signals.source === 'logs' ? Math.min(memory.admittedCups, admittedCups) : admittedCups;
  const latencyMs = signals.latencyMs ?? memory.latencyMs;
  const left = headroom(signals.latencyMs, memory.healthyLatencyMs, policy);
  return {
    healthyLatencyMs:
      health === 'healthy' ? healthyLatency(memory, signals, isBinding, policy) : memory.healthyLatencyMs,
    latencyMs,
    latencyGrowth: ((latencyMs ?? 0) - (memory.latencyMs ?? latencyMs ?? 0)) / 1000 / signals.seconds,
    headroom: smooth(memory.headroom, left, signals.seconds, policy.tracker.headroomHalfLifeSeconds),
    healthySeconds: isGood && signals.samples > 0 ? memory.healthySeconds + signals.seconds : memory.healthySeconds,
    confirmed:
      isGood && isTested
        ? highest(memory.confirmed, sustainedCups, signals.endMs, policy.guard.confirmedMemorySeconds)
        : memory.confirmed,
  };
}

/** Keys of tiers or the minute metrics' one tier: what the other source knew of the same requests is forgotten. */
function ofSource(memory: MemoryState, isLog: boolean): MemoryState {
  const entries = Object.entries(memory.demand).filter(([, { tier }]) => (tier === ALL) !== isLog);
  return { ...memory, demand: Object.fromEntries(entries) };
}

/** The larger of a new rate and an old one that fades with its half-life. */
export function highest(mark: Mark | null, cups: CostUnitsPerSecond, atMs: EpochMs, halfLifeSeconds: number): Mark {
  const kept = mark === null ? 0 : mark.cups * 0.5 ** (Math.max(0, atMs - mark.atMs) / 1000 / halfLifeSeconds);
  return mark !== null && kept > cups ? mark : { cups, atMs };
}

/** What a mark is worth now. */
export function faded(mark: Mark | null, now: EpochMs, halfLifeSeconds: number): CostUnitsPerSecond {
  return mark === null ? 0 : mark.cups * 0.5 ** (Math.max(0, now - mark.atMs) / 1000 / halfLifeSeconds);
}

function healthyLatency(memory: MemoryState, signals: Signals, isBinding: boolean, policy: Policy): number | null {
  if (signals.latencyMs === undefined) return memory.healthyLatencyMs;
  if (memory.healthyLatencyMs === null) return signals.latencyMs;
  const isHigher = signals.latencyMs > memory.healthyLatencyMs;
  // Down soon, up slowly, and not at all while a limit binds: it must not learn the queue of a full backend.
  if (isHigher && isBinding) return memory.healthyLatencyMs;
  const halfLife = isHigher ? policy.tracker.healthyHalfLifeSeconds : policy.tracker.healthyFallHalfLifeSeconds;
  return smooth(memory.healthyLatencyMs, signals.latencyMs, signals.seconds, halfLife);
}

function smooth(before: number, value: number, seconds: number, halfLifeSeconds: number): number {
  const kept = 0.5 ** (seconds / halfLifeSeconds);
  return before * kept + value * (1 - kept);
}
