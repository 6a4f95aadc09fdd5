import type { MethodKey } from '../limits/method-key.ts';
import type { EpochMs, KeyId, TierName } from '../platform/units.ts';
import type { KeySketch } from './key-sketch.ts';

/** What one tier asked of one method during a window, each a number of requests, counted when the answer was sent. */
export interface Cell {
  /** All requests, refused ones included. */
  readonly requests: number;
  /** 429 by a plan, stage or account bucket (`THROTTLED`): our own doing. */
  readonly throttled: number;
  /** 429 because the month's quota is spent: commercial, never a sign of overload. */
  readonly quotaExceeded: number;
  /** Refused by the gateway for any other reason (403 and the like): never reached the backend. */
  readonly refused: number;
  /** Reached the backend and failed: 5xx, timeouts, and the integration's own throttling. */
  readonly serverErrors: number;
  /** Reached the backend, succeeded, but later than the objective's latency bound. */
  readonly slow: number;
  /** Integration latency of what reached the backend: counts per bucket of `LATENCY_BOUNDS_MS`. */
  readonly latency: readonly number[];
}

/** One key's part of a window. */
export interface KeyCounts {
  readonly tier: TierName;
  /** Requests by method, refused ones included. */
  readonly requests: Readonly<Record<MethodKey, number>>;
  readonly throttled: number;
}

/** One period of telemetry for one API stage. Pure data; a window is never changed once it is closed. */
export interface Window {
  readonly startMs: EpochMs;
  readonly lengthMs: number;
  /** `logs`: 10 s from the access log. `metrics`: a minute from CloudWatch, with the single tier `all`, no keys, methods where they are told apart. */
  readonly source: 'logs' | 'metrics';
  readonly cells: Readonly<Record<TierName, Readonly<Record<MethodKey, Cell>>>>;
  /** The busiest keys only (50 by default); the rest is in the cells. */
  readonly keys: Readonly<Record<KeyId, KeyCounts>>;
  /** Of tiers with more keys than `keys` names: how many keys they are. */
  readonly sketches?: Readonly<Record<TierName, KeySketch>>;
  /** The largest delay between a line's event time and its arrival here, in milliseconds. */
  readonly lagMs: number;
  /** A part only: per log stream that it came from, the newest event time that has been delivered. */
  readonly streams?: Readonly<Record<string, EpochMs>>;
  /** Why nobody may learn or decide from it, one clause; absent while nothing speaks against it. */
  readonly doubt?: string;
}

/** Upper bounds of the latency histogram's buckets, in milliseconds; the last bucket is open. About 25 % apart. */
export const LATENCY_BOUNDS_MS: readonly number[] = [
  10, 20, 40, 60, 80, 100, 125, 160, 200, 250, 315, 400, 500, 630, 800, 1000, 1250, 1600, 2000, 2500, 4000, 8000,
  16_000, 30_000,
];

/** The one tier of a metrics window. */
export const ALL = 'all';
