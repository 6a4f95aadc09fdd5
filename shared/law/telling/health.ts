import type { Policy } from '../../policy/schema/policy-schema.ts';
import type { Signals } from './signals.ts';

/**
 * How the backend fares in one window. `thin`: too few answers to say. `watch`: slower than it should be, raise nothing.
 * `congested`: cut. `severe`: cut to bare completions. `erring`: errors, but quick ones: not cut blindly.
 */
export type Health = 'thin' | 'healthy' | 'watch' | 'congested' | 'severe' | 'erring';

export interface Thresholds {
  readonly watchMs: number;
  readonly congestedMs: number;
  readonly severeMs: number;
}

/**
 * The latencies that divide the classes. Relative to the healthy mean, bounded by the objective; where the healthy
 * mean itself is close to the objective or beyond it, congestion still means distinctly slower than healthy.
 */
export function thresholds(healthyLatencyMs: number | null, policy: Policy): Thresholds {
  const { watchFactor, congestedFactor, severeFactor, objectiveShare, unreachableFactor } = policy.tracker;
  const boundMs = policy.objective.latencyMs;
  // Nothing learned yet: all within the objective is healthy.
  if (healthyLatencyMs === null) return { watchMs: boundMs, congestedMs: boundMs, severeMs: 2 * boundMs };
  const relativeMs = Math.min(boundMs, Math.max(congestedFactor * healthyLatencyMs, objectiveShare * boundMs));
  const congestedMs = Math.max(relativeMs, unreachableFactor * healthyLatencyMs);
  const watchMs = Math.min(
    Math.max(watchFactor * healthyLatencyMs, (objectiveShare * boundMs * watchFactor) / congestedFactor),
    (healthyLatencyMs + congestedMs) / 2,
  );
  return { watchMs, congestedMs, severeMs: Math.max(severeFactor * healthyLatencyMs, 2 * congestedMs) };
}

export function judge(signals: Signals, healthyLatencyMs: number | null, policy: Policy): Health {
  if (signals.samples < policy.tracker.minimumSamples) return 'thin';
  const limits = thresholds(healthyLatencyMs, policy);
  const latencyMs = signals.latencyMs ?? 0;
  const isErring = signals.errorShare > policy.objective.errorShare;
  if (latencyMs > limits.severeMs || (latencyMs > limits.congestedMs && isErring)) return 'severe';
  if (latencyMs > limits.congestedMs) return 'congested';
  if (isErring) return 'erring';
  return latencyMs > limits.watchMs ? 'watch' : 'healthy';
}

/** What is left of the way from healthy latency to the knee: 1 far from it, 0 there. */
export function headroom(latencyMs: number | undefined, healthyLatencyMs: number | null, policy: Policy): number {
  if (healthyLatencyMs === null || latencyMs === undefined) return 1;
  const left = 1 - (latencyMs / healthyLatencyMs - 1) / (policy.tracker.kneeFactor - 1);
  return Math.min(1, Math.max(0, left));
}
