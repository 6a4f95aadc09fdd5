import type { CostUnitsPerSecond } from '../../../shared/platform/units.ts';
import type { TelemetryMode } from '../../loop/bench-telemetry.ts';
import type { Reading } from './window-reading.ts';

/** A law's constants, by name. */
export type Gains = Readonly<Record<string, number>>;

export interface Bounds {
  readonly leastCups: CostUnitsPerSecond;
  readonly mostCups: CostUnitsPerSecond;
  /** The limit it began with. */
  readonly startCups: CostUnitsPerSecond;
  /** The objective's bound of latency: what "too slow" means where a law needs a figure. */
  readonly boundMs: number;
}

/** A published law as it is used here: from one window to the next it decides what may be admitted in all. */
export interface TotalLaw<State> {
  readonly name: string;
  readonly telemetry: TelemetryMode;
  /** The gains of its source, and others that might suit this plant better. */
  readonly published: Gains;
  readonly alternatives: Readonly<Record<string, Gains>>;
  readonly start: State;
  decide(
    totalCups: CostUnitsPerSecond,
    reading: Reading,
    state: State,
    gains: Gains,
    bounds: Bounds,
  ): { readonly totalCups: CostUnitsPerSecond; readonly state: State };
}

/** A gain by its name. @throws RangeError for one that the law does not have: a slip of the pen. */
export function gain(gains: Gains, name: string): number {
  const value = gains[name];
  if (value === undefined) throw new RangeError(`There is no gain "${name}".`);
  return value;
}
