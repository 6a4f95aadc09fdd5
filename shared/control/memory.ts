import type { CostUnitsPerSecond, EpochMs } from '../platform/units.ts';
import type { Policy } from '../policy/schema.ts';
import type { Window } from '../telemetry/window.ts';
import { updateDemand } from './demand.ts';
import type { Health } from './health.ts';
import { judge } from './health.ts';
import { readSignals, type Signals } from './signals.ts';
import type { Mark, MemoryState } from './state.ts';

/** The healthy latency falls with this half-life: soon enough, but not to the luckiest window. */
const FALLING_HALF_LIFE_SECONDS = 60;
/** A tier with fewer refusals than this is calm: what it offers is what it wants. */
const CALM_THROTTLED_SHARE = 0.01;

export interface Remembered {
  readonly memory: MemoryState;
  readonly signals: Signals;
  readonly health: Health;
}

/** Reads one window and lets it into memory: demand, calm demand, healthy latency, the confirmed rate. `isBinding`: limits held demand back. */
export function remember(memory: MemoryState, window: Window, isBinding: boolean, policy: Policy): Remembered {
  const signals = readSignals(window, policy, memory.meanCost);
  const health = judge(signals, memory.healthyLatencyMs, policy);
  const isLog = signals.source === 'logs';
  const isHeldUp = health === 'congested' || health === 'severe';
  const isGood = health === 'healthy' || (health === 'thin' && signals.errorShare <= policy.objective.errorShare);
  const admittedCups = signals.total.admittedCups;
  // What a limit lets through of a surge at first is no proof; under a total that we search with it is.
  const isTested = isBinding || signals.throttledShare <= CALM_THROTTLED_SHARE;
  // What two windows in a row admitted was no chance.
  const sustainedCups = Math.min(memory.admittedCups, admittedCups);
  const next: MemoryState = {
    ...memory,
    demand: isLog ? updateDemand(memory.demand, window, !isHeldUp, policy) : memory.demand,
    calmCups: isLog && isGood ? calmDemand(memory, signals, policy) : memory.calmCups,
    healthyLatencyMs:
      health === 'healthy' ? healthyLatency(memory, signals, isBinding, policy) : memory.healthyLatencyMs,
    healthySeconds: isGood && signals.samples > 0 ? memory.healthySeconds + signals.seconds : memory.healthySeconds,
    admittedCups,
    confirmed:
      isGood && isTested
        ? highest(memory.confirmed, sustainedCups, signals.endMs, policy.guard.confirmedMemorySeconds)
        : memory.confirmed,
    meanCost:
      isLog && signals.total.offeredRps > 0 ? signals.total.offeredCups / signals.total.offeredRps : memory.meanCost,
    lastWindowEndMs: signals.endMs,
    lastNewsMs: Math.max(memory.lastNewsMs, signals.endMs),
    lastLogEndMs: isLog ? signals.endMs : memory.lastLogEndMs,
  };
  return { memory: next, signals, health };
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
  const halfLife = isHigher ? policy.tracker.healthyHalfLifeSeconds : FALLING_HALF_LIFE_SECONDS;
  return smooth(memory.healthyLatencyMs, signals.latencyMs, signals.seconds, halfLife);
}

function calmDemand(memory: MemoryState, signals: Signals, policy: Policy): MemoryState['calmCups'] {
  const calm: Record<string, number> = { ...memory.calmCups };
  const fade = 0.5 ** (signals.seconds / policy.demand.calmHalfLifeSeconds);
  for (const [tier, flow] of Object.entries(signals.tiers)) {
    const isCalm = flow.throttledRps <= CALM_THROTTLED_SHARE * flow.offeredRps;
    if (isCalm) calm[tier] = Math.max(flow.offeredCups, (calm[tier] ?? 0) * fade);
  }
  return calm;
}

function smooth(before: number, value: number, seconds: number, halfLifeSeconds: number): number {
  const kept = 0.5 ** (seconds / halfLifeSeconds);
  return before * kept + value * (1 - kept);
}
