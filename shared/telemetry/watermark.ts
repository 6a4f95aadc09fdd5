import type { EpochMs } from '../platform/units.ts';
import type { Window } from './window.ts';
import { emptyWindow, mergeParts, scaleWindow, WINDOW_MS } from './windows.ts';

/** Minimum wait after the end of a window, because the next batch may still be in transit. */
const SHORTEST_ALLOWANCE_MS = 10_000;
/** Maximum wait after the end of a window; later lines miss their window, which `LogLagMs` shows. */
const LONGEST_ALLOWANCE_MS = 45_000;
/** Share of parts that must have arrived before a window counts as closed. */
const ARRIVED = 0.9;
/** A log stream that delivered within this time before a window is expected to deliver for the window too. */
const STREAM_REACH_MS = 120_000;
/** A window is read, and the missing part estimated, once the streams that have passed it usually carry this share. */
const MOST_OF_LINES = 0.6;
/** How long a window waits if the arrived share is too small. */
const UNTOLD_ALLOWANCE_MS = 90_000;
/** A smaller sample is not scaled up. */
const LEAST_OF_LINES = 0.2;
/** Without known streams, a window is closed once this many later windows hold data, whatever the lags. */
const LATER_WINDOWS = 4;
/** Number of silent windows between two with data that are filled in as idle; a longer gap stays a gap. */
const LONGEST_FILL = 30;

/** How long to wait after the end of a window, from the lags of recent parts. */
export function lagAllowanceMs(parts: readonly Window[]): number {
  if (parts.length === 0) return SHORTEST_ALLOWANCE_MS;
  const lags = parts.map((part) => part.lagMs).sort((a, b) => a - b);
  const lag = lags[Math.min(lags.length - 1, Math.ceil(lags.length * ARRIVED) - 1)] ?? 0;
  return Math.min(LONGEST_ALLOWANCE_MS, Math.max(SHORTEST_ALLOWANCE_MS, lag));
}

/**
 * The windows before the watermark that are newer than `afterMs`, oldest first. Silent windows between two with data are idle;
 * silence after the last window with data yields no window.
 *
 * A log stream delivers in order, so a window is complete once every recently active stream has delivered a later line. Each
 * stream is a sample of the same traffic, so a window is also read once the streams that have passed it usually carry most of
 * the lines; their counts are then scaled up. Otherwise the window waits for the missing streams a little longer than their
 * recent delays.
 * @param parts the parts of all recent windows, including those already seen, because their lags set the watermark
 * @param afterMs start of the newest window that control has already seen
 */
export function closedWindows(parts: readonly Window[], afterMs: EpochMs, now: EpochMs): Window[] {
  const allowanceMs = lagAllowanceMs(parts);
  const byStart = Map.groupBy(parts, (part) => part.startMs);
  const starts = [...byStart.keys()].sort((a, b) => a - b);
  const closed: Window[] = [];
  starts.forEach((startMs, index) => {
    if (startMs <= afterMs) return;
    const own = byStart.get(startMs) ?? [];
    const progress = progressOf(parts, startMs);
    const isSuperseded = progress === undefined && starts.length - 1 - index >= LATER_WINDOWS;
    const isOld = now - (startMs + WINDOW_MS) >= (progress?.waitMs ?? allowanceMs);
    const isMost = progress !== undefined && progress.passedShare >= MOST_OF_LINES;
    if (!(isOld || isSuperseded || isMost)) return;
    const previousMs = closed.at(-1)?.startMs ?? afterMs;
    const isSample = progress !== undefined && progress.passedShare >= LEAST_OF_LINES && progress.passedShare < 1;
    const whole = isSample ? estimated(own, progress) : mergeParts(own);
    closed.push(...silence(previousMs, startMs), whole);
  });
  return closed;
}

/** The progress of the log streams with one window. */
interface Progress {
  /** Streams that have delivered a later line. */
  readonly passed: ReadonlySet<string>;
  /** The share of all lines that these streams carried recently; 1 if every stream has passed. */
  readonly passedShare: number;
  /** How long after its end the window waits for the other streams. */
  readonly waitMs: number;
}

interface Stream {
  /** The newest event time delivered by the stream. */
  newestMs: EpochMs;
  /** The largest lag of the stream's recent parts. */
  lagMs: number;
}

function streamsOf(parts: readonly Window[]): Map<string, Stream> {
  const streams = new Map<string, Stream>();
  for (const part of parts) {
    for (const [name, newestMs] of Object.entries(part.streams ?? {})) {
      const stream = streams.get(name) ?? { newestMs: 0, lagMs: 0 };
      stream.newestMs = Math.max(stream.newestMs, newestMs);
      stream.lagMs = Math.max(stream.lagMs, part.lagMs);
      streams.set(name, stream);
    }
  }
  return streams;
}

function progressOf(parts: readonly Window[], startMs: EpochMs): Progress | undefined {
  const expected = [...streamsOf(parts)].filter(([, { newestMs }]) => newestMs >= startMs - STREAM_REACH_MS);
  if (expected.length === 0) return undefined;
  const passed = new Set(expected.flatMap(([name, { newestMs }]) => (newestMs >= startMs + WINDOW_MS ? [name] : [])));
  const missing = expected.filter(([name]) => !passed.has(name));
  const lagMs = Math.max(0, ...missing.map(([, stream]) => stream.lagMs));
  const allPassedMs = Math.min(...expected.map(([, { newestMs }]) => newestMs));
  const passedShare = missing.length === 0 ? 1 : usualShare(passed, parts, allPassedMs);
  // The arrived share is too small for a sample and would look like a fall of demand.
  const isUntold = passedShare < LEAST_OF_LINES;
  const waitMs = isUntold ? UNTOLD_ALLOWANCE_MS : Math.min(LONGEST_ALLOWANCE_MS, lagMs + SHORTEST_ALLOWANCE_MS);
  return { passed, passedShare, waitMs };
}

/** The share of all lines that these streams carried in windows that every stream has passed; 0 without such windows. */
function usualShare(names: ReadonlySet<string>, parts: readonly Window[], allPassedMs: EpochMs): number {
  const whole = parts.filter((part) => part.startMs + WINDOW_MS <= allPassedMs);
  const theirs = whole.filter((part) => Object.keys(part.streams ?? {}).every((name) => names.has(name)));
  const lines = sumOfLines(whole);
  return lines > 0 ? sumOfLines(theirs) / lines : 0;
}

const sumOfLines = (parts: readonly Window[]) => parts.reduce((sum, part) => sum + linesOf(part), 0);

function linesOf(part: Window): number {
  const cells = Object.values(part.cells).flatMap((methods) => Object.values(methods));
  return cells.reduce((sum, cell) => sum + cell.requests, 0);
}

/** The window from the streams that have passed it, scaled up by their usual share of the lines. */
function estimated(own: readonly Window[], { passed, passedShare }: Progress): Window {
  const arrived = own.filter((part) => Object.keys(part.streams ?? {}).every((name) => passed.has(name)));
  const [first] = own;
  if (arrived.length === 0 || first === undefined) return emptyWindow(first?.startMs ?? 0);
  return scaleWindow(mergeParts(arrived), 1 / passedShare);
}

function silence(previousMs: EpochMs, nextMs: EpochMs): Window[] {
  const gaps = (nextMs - previousMs) / WINDOW_MS - 1;
  if (!(gaps > 0 && gaps <= LONGEST_FILL)) return [];
  return Array.from({ length: gaps }, (_, gap) => emptyWindow(previousMs + (gap + 1) * WINDOW_MS));
}
