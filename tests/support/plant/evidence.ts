import type { Signals } from '../../../shared/control/signals.ts';
import type { Evidence } from '../../../shared/control/step.ts';

/** A healthy, contended window, thirteen minutes after the epoch; `change` says what is otherwise. */
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
