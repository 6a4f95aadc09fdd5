import type { EpochMs } from '../platform/units.ts';
import type { Window } from './window.ts';
import { emptyWindow, mergeParts, WINDOW_MS } from './windows.ts';

/** However prompt the log seems, a window waits this long after its end: the next batch may still be on its way. */
const SHORTEST_ALLOWANCE_MS = 10_000;
/** However late the log is, control does not wait longer: late lines then miss their window, which `LogLagMs` shows. */
const LONGEST_ALLOWANCE_MS = 45_000;
/** Share of the parts that should have arrived before a window counts as closed. */
const ARRIVED = 0.9;
/** A window behind so many later ones that hold data is closed, whatever the lags say. */
const LATER_WINDOWS = 4;
/** How many silent windows between two that hold data are filled in as idle; a longer gap is a gap. */
const LONGEST_FILL = 30;

/** How long to wait after a window's end, from the lags that recent parts arrived with. */
export function lagAllowanceMs(parts: readonly Window[]): number {
  if (parts.length === 0) return SHORTEST_ALLOWANCE_MS;
  const lags = parts.map((part) => part.lagMs).sort((a, b) => a - b);
  const lag = lags[Math.min(lags.length - 1, Math.ceil(lags.length * ARRIVED) - 1)] ?? 0;
  return Math.min(LONGEST_ALLOWANCE_MS, Math.max(SHORTEST_ALLOWANCE_MS, lag));
}

/**
 * The windows behind the watermark that are newer than `afterMs`, oldest first, each whole. Silent windows between two
 * that hold data are idle; silence after the last one says nothing and yields nothing.
 * @param parts the parts of all recent windows, also of those already seen: their lags set the watermark
 * @param afterMs start of the newest window that control has already seen
 */
export function closedWindows(parts: readonly Window[], afterMs: EpochMs, now: EpochMs): Window[] {
  const allowanceMs = lagAllowanceMs(parts);
  const byStart = new Map<EpochMs, Window[]>();
  for (const part of parts) byStart.set(part.startMs, [...(byStart.get(part.startMs) ?? []), part]);
  const starts = [...byStart.keys()].sort((a, b) => a - b);
  const closed: Window[] = [];
  starts.forEach((startMs, index) => {
    const isOld = now - (startMs + WINDOW_MS) >= allowanceMs;
    const isSuperseded = starts.length - 1 - index >= LATER_WINDOWS;
    if (startMs <= afterMs || !(isOld || isSuperseded)) return;
    const previousMs = closed.at(-1)?.startMs ?? afterMs;
    closed.push(...silence(previousMs, startMs), mergeParts(byStart.get(startMs) ?? []));
  });
  return closed;
}

function silence(previousMs: EpochMs, nextMs: EpochMs): Window[] {
  const gaps = (nextMs - previousMs) / WINDOW_MS - 1;
  if (!(gaps > 0 && gaps <= LONGEST_FILL)) return [];
  return Array.from({ length: gaps }, (_, gap) => emptyWindow(previousMs + (gap + 1) * WINDOW_MS));
}
