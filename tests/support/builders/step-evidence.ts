import type { Signals } from '../../../shared/law/telling/signals.ts';
import type { Evidence } from '../../../shared/law/tracking/step.ts';

/** Evidence of a healthy, contended window, read thirteen minutes after the epoch; `change` overrides its fields. */
export function evidenceOf(signals: Signals, change: Partial<Evidence> = {}): Evidence {
  return {
    health: 'healthy',
    signals,
    healthyLatencyMs: 240,
    latencyGrowth: 0,
    isFresh: false,
    isSettled: false,
    isContended: true,
    confirmed: null,
    isBelievedMet: false,
    guardCups: null,
    arrivingCups: 0,
    frozenBy: undefined,
    now: 780_000,
    ...change,
  };
}
