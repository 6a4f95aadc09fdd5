import type { FinishedRequest } from '@tidegate/embedded-aws/gateway';
import type { Clock, Random } from '@tidegate/embedded-aws/kernel';
import type { MethodKey } from '../../shared/limits/method-key.ts';
import type { EpochMs, KeyId, TierName } from '../../shared/platform/units.ts';
import type { Window } from '../../shared/telemetry/window.ts';
import type { TelemetryTrouble } from '../scenarios/bench-scenario.ts';
import type { Delays } from './delays.ts';

/** The source of a law's data. */
export type TelemetryMode =
  /** Complete windows of ten seconds of the access log, at a fixed age. */
  | { readonly kind: 'windows'; readonly ageSeconds: number }
  /** The access log as log streams deliver it: in batches, at random delays, closed by the watermark. */
  | { readonly kind: 'streams' }
  /** Only CloudWatch's minutes, 60 to 180 s after their end. */
  | { readonly kind: 'minutes' }
  /** No data, for laws that use none. */
  | { readonly kind: 'none' };

export interface BenchTelemetry {
  /** Requests whose answers have been sent, in the order of `endMs`. */
  add(requests: readonly FinishedRequest[]): void;
  /** Windows that are readable now and start after `afterMs`, oldest first. */
  windowsAfter(afterMs: EpochMs): Window[];
}

export interface TelemetryOptions {
  readonly clock: Clock;
  readonly random: (name: string) => Random;
  readonly tierOf: ReadonlyMap<KeyId, TierName>;
  readonly slowMs: number;
  /** The methods that control reads by name: those with a cost of their own. */
  readonly meteredMethods: readonly MethodKey[];
  /** Start of the scenario, the origin of the trouble's times. */
  readonly startMs: EpochMs;
  readonly trouble: TelemetryTrouble;
  readonly delays: Delays;
  /** Control should look now. */
  readonly onNudge: () => void;
}
