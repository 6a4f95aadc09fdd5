import { emptyRecord } from '../platform/records.ts';
import { isSketch, type KeySketch } from './key-sketch.ts';
import type { Cell, KeyCounts, Window } from './window.ts';
import { LATENCY_BOUNDS_MS } from './window.ts';
import { WINDOW_MS } from './windows.ts';

/**
 * The compact text of a window part: a cell is `[requests, throttled, quotaExceeded, refused, serverErrors, slow,
 * bucket, count, bucket, count …]` with only the buckets that hold something; a key is `[tier, throttled, method, count …]`.
 */
interface WindowText {
  readonly version: 2;
  readonly startMs: number;
  readonly lagMs: number;
  readonly cells: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;
  readonly keys: Readonly<Record<string, readonly (string | number)[]>>;
  readonly sketches?: Readonly<Record<string, string>>;
  readonly streams?: Readonly<Record<string, number>>;
}

const COUNTERS = 6;

export function encodeWindow(window: Window): string {
  const text: WindowText = {
    version: 2,
    startMs: window.startMs,
    lagMs: window.lagMs,
    cells: mapValues(window.cells, (methods) => mapValues(methods, encodeCell)),
    keys: mapValues(window.keys, (key) => [key.tier, key.throttled, ...Object.entries(key.requests).flat()]),
    ...(window.sketches && { sketches: window.sketches }),
    ...(window.streams && { streams: window.streams }),
  };
  return JSON.stringify(text);
}

/** The inverse of `encodeWindow`; undefined for a text of another version or format. */
export function decodeWindow(encoded: string): Window | undefined {
  try {
    const text = JSON.parse(encoded) as WindowText;
    if (text.version !== 2 || !Number.isSafeInteger(text.startMs) || !Number.isFinite(text.lagMs)) return undefined;
    return {
      startMs: text.startMs,
      lengthMs: WINDOW_MS,
      source: 'logs',
      cells: mapValues(text.cells, (methods) => mapValues(methods, decodeCell)),
      keys: mapValues(text.keys, decodeKey),
      lagMs: text.lagMs,
      ...(text.sketches && { sketches: mapValues(text.sketches, decodeSketch) }),
      ...(text.streams && { streams: mapValues(text.streams, decodeTime) }),
    };
  } catch {
    return undefined;
  }
}

function decodeTime(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new TypeError('Not a time.');
  return value;
}

function decodeSketch(value: unknown): KeySketch {
  if (!isSketch(value)) throw new TypeError('Not a sketch.');
  return value;
}

function encodeCell(cell: Cell): number[] {
  const { requests, throttled, quotaExceeded, refused, serverErrors, slow } = cell;
  const encoded = [requests, throttled, quotaExceeded, refused, serverErrors, slow];
  cell.latency.forEach((count, bucket) => {
    if (count > 0) encoded.push(bucket, count);
  });
  return encoded;
}

function decodeCell(encoded: readonly number[]): Cell {
  if (!encoded.every((value) => Number.isSafeInteger(value) && value >= 0)) throw new TypeError('Not a cell.');
  const [requests = 0, throttled = 0, quotaExceeded = 0, refused = 0, serverErrors = 0, slow = 0] = encoded;
  const latency = new Array<number>(LATENCY_BOUNDS_MS.length).fill(0);
  for (let at = COUNTERS; at + 1 < encoded.length; at += 2) latency[encoded[at] as number] = encoded[at + 1] as number;
  if (latency.length > LATENCY_BOUNDS_MS.length) throw new TypeError('Not a cell.');
  return { requests, throttled, quotaExceeded, refused, serverErrors, slow, latency };
}

function decodeKey(encoded: readonly (string | number)[]): KeyCounts {
  const [tier, throttled] = encoded;
  if (typeof tier !== 'string' || typeof throttled !== 'number') throw new TypeError('Not a key.');
  const requests = emptyRecord<number>();
  for (let at = 2; at + 1 < encoded.length; at += 2) {
    const count = encoded[at + 1];
    if (typeof count !== 'number') throw new TypeError('Not a key.');
    requests[String(encoded[at])] = count;
  }
  return { tier, requests, throttled };
}

function mapValues<In, Out>(record: Readonly<Record<string, In>>, map: (value: In) => Out): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}
