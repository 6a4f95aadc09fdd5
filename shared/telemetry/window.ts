import type { MethodKey } from '../limits/method-key.ts';
import type { EpochMs, KeyId, TierName } from '../platform/units.ts';
import type { KeySketch } from './key-sketch.ts';

/** Requests of one tier to one method during a window, counted when the answer was sent. */
export interface Cell {
  /** All requests, including refused ones. */
  readonly requests: number;
  /** 429 by a plan, stage or account bucket (`THROTTLED`). */
  readonly throttled: number;
  /** 429 because the month's quota is spent: commercial, never a sign of overload. */
  readonly quotaExceeded: number;
  /** Refused by the gateway for another reason, for example 403; never reached the backend. A cache's answer is none. */
  readonly refused: number;
  /** Reached the backend and failed: 5xx, timeouts, and the integration's own throttling. */
  readonly serverErrors: number;
  /** Reached the backend, succeeded, but later than the objective's latency bound. */
  readonly slow: number;
  /** Integration latency of the requests that reached the backend: counts per bucket of `LATENCY_BOUNDS_MS`. */
  readonly latency: readonly number[];
}

/** One key's part of a window. */
export interface KeyCounts {
  readonly tier: TierName;
  /** Requests by method, including refused ones. */
  readonly requests: Readonly<Record<MethodKey, number>>;
  readonly throttled: number;
}

/** One period of telemetry for one API stage. A closed window never changes. */
export interface Window {
  readonly startMs: EpochMs;
  readonly lengthMs: number;
  /** `logs`: 10 s of the access log. `metrics`: a minute of CloudWatch, with the single tier `all` and without keys. */
  readonly source: 'logs' | 'metrics';
  readonly cells: Readonly<Record<TierName, Readonly<Record<MethodKey, Cell>>>>;
  /** The busiest keys only (50 by default); the cells include all keys. */
  readonly keys: Readonly<Record<KeyId, KeyCounts>>;
  /** Sketches of the number of keys, for tiers with more keys than `keys` lists. */
  readonly sketches?: Readonly<Record<TierName, KeySketch>>;
  /** The largest delay between a line's event time and its arrival in telemetry, in milliseconds. */
  readonly lagMs: number;
  /** In a part only: the newest delivered event time per log stream. */
  readonly streams?: Readonly<Record<string, EpochMs>>;
  /** Why the window is not trustworthy, in one clause; absent if it is. */
  readonly doubt?: string;
}

/** Upper bounds of the latency histogram's buckets, in milliseconds; the last bucket is open. About 25 % apart. */
export const LATENCY_BOUNDS_MS: readonly number[] = [
  10, 20, 40, 60, 80, 100, 125, 160, 200, 250, 315, 400, 500, 630, 800, 1000, 1250, 1600, 2000, 2500, 4000, 8000,
  16_000, 30_000,
];

/** The one tier of a metrics window. */
export const ALL = 'all';
