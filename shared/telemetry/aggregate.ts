import type { MethodKey } from '../limits/method-key.ts';
import { type ApiStage, apiStageName } from '../platform/api-stage.ts';
import type { EpochMs, KeyId, TierName } from '../platform/units.ts';
import { type AccessRecord, latencyBucket, parseAccessLine } from './access-log.ts';
import { LATENCY_BOUNDS_MS, type Window } from './window.ts';
import { keysOf, WINDOW_MS, windowStartOf } from './windows.ts';

/** One event of a log subscription; its timestamp is the instant at which the answer was sent. */
export interface LogEvent {
  readonly timestamp: EpochMs;
  readonly message: string;
}

/** The tier of each key, and the latency objective, of one API. */
export interface Directory {
  readonly tierOf: ReadonlyMap<KeyId, TierName>;
  /** A successful answer later than this is slow, in milliseconds. */
  readonly slowMs: number;
}

/** What one batch adds to one API's windows. */
export interface ApiAddition {
  readonly api: ApiStage;
  readonly windows: readonly Window[];
}

export interface BatchAddition {
  readonly apis: readonly ApiAddition[];
  /** Number of unreadable lines; they are in no window. */
  readonly poisonedLines: number;
}

/** The tier of a request without a key, or with a key that is missing in the directory. */
export const UNKNOWN_TIER = 'unknown';

/** Events outside this range around the present are not counted. */
const OLDEST_MS = 15 * 60_000;
export const CLOCK_AHEAD_MS = 60_000;

interface MutableCell {
  requests: number;
  throttled: number;
  quotaExceeded: number;
  refused: number;
  serverErrors: number;
  slow: number;
  latency: number[];
}

interface MutableKey {
  tier: TierName;
  throttled: number;
  requests: Map<MethodKey, number>;
}

interface MutableWindow {
  lagMs: number;
  cells: Map<TierName, Map<MethodKey, MutableCell>>;
  keys: Map<KeyId, MutableKey>;
}

interface MutableApi {
  api: ApiStage;
  directory: Directory;
  windows: Map<EpochMs, MutableWindow>;
}

/** Parses a batch and lists its APIs, so that their directories can be fetched before the batch is counted. */
export function readBatch(events: readonly LogEvent[]): { records: (AccessRecord | undefined)[]; apis: ApiStage[] } {
  const apis = new Map<string, ApiStage>();
  const records = events.map(({ message }) => {
    const record = parseAccessLine(message);
    if (record) apis.set(`${record.apiId}/${record.stage}`, record);
    return record;
  });
  return { records, apis: [...apis.values()].map(({ apiId, stage }) => ({ apiId, stage })) };
}

/**
 * Counts one batch into windows by each line's event time.
 * @param records the result of `readBatch` for these events, in the same order
 * @param stream the log stream that delivered the events, if known: a stream delivers in order, so its windows close early
 */
export function aggregate(
  events: readonly LogEvent[],
  records: readonly (AccessRecord | undefined)[],
  directories: ReadonlyMap<string, Directory>,
  now: EpochMs,
  stream?: string,
): BatchAddition {
  const apis = new Map<string, MutableApi>();
  let poisonedLines = 0;
  let newestMs = 0;
  for (let index = 0; index < events.length; index++) {
    const record = records[index];
    const timestamp = events[index]?.timestamp ?? 0;
    if (!record || !(timestamp > now - OLDEST_MS && timestamp < now + CLOCK_AHEAD_MS)) {
      poisonedLines++;
      continue;
    }
    newestMs = Math.max(newestMs, timestamp);
    const api = apiOf(apis, record, directories);
    if (api) count(windowOf(api, timestamp, now), record, api.directory);
  }
  const streams = stream === undefined ? {} : { streams: { [stream]: newestMs } };
  const additions = [...apis.values()].map(({ api, windows }) => ({
    api,
    windows: freeze(windows).map((window) => ({ ...window, ...streams })),
  }));
  return { apis: additions, poisonedLines };
}

function apiOf(
  apis: Map<string, MutableApi>,
  record: AccessRecord,
  directories: ReadonlyMap<string, Directory>,
): MutableApi | undefined {
  const name = apiStageName(record);
  const known = apis.get(name);
  if (known) return known;
  const directory = directories.get(name);
  if (!directory) return undefined;
  const api = { api: { apiId: record.apiId, stage: record.stage }, directory, windows: new Map() };
  apis.set(name, api);
  return api;
}

function windowOf(api: MutableApi, timestamp: EpochMs, now: EpochMs): MutableWindow {
  const startMs = windowStartOf(timestamp);
  let window = api.windows.get(startMs);
  if (!window) {
    window = { lagMs: 0, cells: new Map(), keys: new Map() };
    api.windows.set(startMs, window);
  }
  window.lagMs = Math.max(window.lagMs, now - timestamp);
  return window;
}

function count(window: MutableWindow, record: AccessRecord, directory: Directory): void {
  const tier = (record.keyId === undefined ? undefined : directory.tierOf.get(record.keyId)) ?? UNKNOWN_TIER;
  const cell = cellOf(window, tier, record.method);
  cell.requests++;
  countOutcome(cell, record, directory.slowMs);
  if (record.keyId !== undefined) countKey(window, record.keyId, tier, record);
}

function countOutcome(cell: MutableCell, record: AccessRecord, slowMs: number): void {
  const { outcome, backendLatencyMs } = record;
  if (outcome === 'throttled') cell.throttled++;
  else if (outcome === 'quotaExceeded') cell.quotaExceeded++;
  else if (outcome === 'refused') cell.refused++;
  else if (outcome === 'serverError') cell.serverErrors++;
  else if (backendLatencyMs !== undefined && backendLatencyMs > slowMs) cell.slow++;
  if (backendLatencyMs === undefined) return;
  const bucket = latencyBucket(backendLatencyMs);
  cell.latency[bucket] = (cell.latency[bucket] ?? 0) + 1;
}

function countKey(window: MutableWindow, keyId: KeyId, tier: TierName, record: AccessRecord): void {
  let key = window.keys.get(keyId);
  if (!key) {
    key = { tier, throttled: 0, requests: new Map() };
    window.keys.set(keyId, key);
  }
  key.requests.set(record.method, (key.requests.get(record.method) ?? 0) + 1);
  if (record.outcome === 'throttled') key.throttled++;
}

function cellOf(window: MutableWindow, tier: TierName, method: MethodKey): MutableCell {
  let methods = window.cells.get(tier);
  if (!methods) {
    methods = new Map();
    window.cells.set(tier, methods);
  }
  let cell = methods.get(method);
  if (!cell) {
    const latency = new Array<number>(LATENCY_BOUNDS_MS.length).fill(0);
    cell = { requests: 0, throttled: 0, quotaExceeded: 0, refused: 0, serverErrors: 0, slow: 0, latency };
    methods.set(method, cell);
  }
  return cell;
}

function freeze(windows: ReadonlyMap<EpochMs, MutableWindow>): Window[] {
  return [...windows].map(([startMs, window]) => ({
    startMs,
    lengthMs: WINDOW_MS,
    source: 'logs',
    cells: Object.fromEntries([...window.cells].map(([tier, cells]) => [tier, Object.fromEntries(cells)])),
    ...keysOf(
      new Map([...window.keys].map(([id, key]) => [id, { ...key, requests: Object.fromEntries(key.requests) }])),
    ),
    lagMs: window.lagMs,
  }));
}
