import type { MethodKey } from '../../../limits/method-key.ts';
import { own } from '../../../platform/records.ts';
import type { TierName } from '../../../platform/units.ts';
import type { Policy } from '../../../policy/schema/policy-schema.ts';
import { type Cell, LATENCY_BOUNDS_MS, type Window } from '../../../telemetry/window.ts';
import { addCells } from '../../../telemetry/windows.ts';
import { NUMBERS } from '../constants.ts';

/** How the backend answers the tier that feels it least: a queue delays everybody, one tenant's heavy requests only its own. */
export interface Feel {
  /** Median over the unloaded median. */
  readonly ratio: number;
  /** Time that answers waited for others, seconds. */
  readonly waitSeconds: number;
  /** Enough answers are far slower than unloaded. */
  readonly isOverloaded: boolean;
  /** Nearly all are: a queue stood through the whole window, so what was completed is what the backend can do. */
  readonly isBusyThroughout: boolean;
  /** Share of the way from unloaded latency to the objective, by the median. */
  readonly strain: number;
  /** A tier whose own requests are slow while others are in time. */
  readonly slowTier: TierName | undefined;
}

type Bases = Readonly<Record<MethodKey, number>>;
type Cells = Window['cells'][TierName];

/** A part of a histogram, its bounds as multiples of the method's unloaded latency. */
interface Segment {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

const HALVINGS = 24;
const OPEN_BUCKET_MS = 60_000;
/** Random latencies spread: queueing begins where the median leaves this multiple of the unloaded one. */
const SPREAD = 1.25;

/** Undefined where there are too few answers to say. */
export function feelOf(window: Window, bases: Bases, policy: Policy): Feel | undefined {
  const tiers = Object.entries(window.cells).map(([tier, cells]) => ({ tier, cells: [cells] }));
  const judged = tiers.filter(({ cells }) => answersOf(cells) >= NUMBERS.leastAnswers);
  const groups = judged.length > 0 ? judged : [{ tier: '', cells: Object.values(window.cells) }];
  const feels = groups.flatMap(({ tier, cells }) => {
    const feel = groupFeel(cells, bases, policy);
    return feel === undefined ? [] : [{ tier, feel }];
  });
  feels.sort((a, b) => a.feel.alarm - b.feel.alarm);
  const enough = NUMBERS.feltShare * feels.reduce((sum, { feel }) => sum + feel.answers, 0);
  let answers = 0;
  const first = feels.find(({ feel }) => {
    answers += feel.answers;
    return answers >= enough;
  });
  if (first === undefined) return undefined;
  const slow = feels.findLast(({ feel }) => feel.isOverloaded);
  return { ...first.feel, slowTier: first.feel.isOverloaded ? undefined : slow?.tier };
}

function groupFeel(
  groups: readonly Cells[],
  bases: Bases,
  policy: Policy,
): (Omit<Feel, 'slowTier'> & { alarm: number; answers: number }) | undefined {
  const segments = groups.flatMap((cells) => segmentsOf(cells, bases));
  const total = segments.reduce((sum, { count }) => sum + count, 0);
  if (total <= 0) return undefined;
  const baseMs = meanBase(groups, bases);
  const objectiveMs = policy.objective.latencyMs;
  const overloadRatio = Math.max(
    NUMBERS.overloadFactor + NUMBERS.overloadExtraMs / baseMs,
    (NUMBERS.objectiveShare * objectiveMs) / baseMs,
  );
  const [low, median, alarm] = [1 - NUMBERS.alarmQuantile, 0.5, NUMBERS.alarmQuantile].map((share) =>
    quantile(segments, share * total),
  );
  const ratio = median ?? 1;
  return {
    alarm: alarm ?? 1,
    answers: total,
    ratio,
    waitSeconds: (Math.max(0, Math.max(ratio, (alarm ?? 1) - 0.4) - 1.45) * baseMs) / 1000,
    isOverloaded: (alarm ?? 1) > overloadRatio,
    isBusyThroughout: (low ?? 1) > overloadRatio,
    strain: ((ratio - 1) * baseMs) / Math.max(objectiveMs - SPREAD * baseMs, baseMs),
  };
}

function segmentsOf(cells: Cells, bases: Bases): Segment[] {
  return Object.entries(cells).flatMap(([method, cell]) => {
    const baseMs = own(bases, method) ?? medianMs(cell.latency) ?? 1;
    return workedLatency(cell, baseMs).flatMap((count, bucket) =>
      count > 0 ? [segmentAt(bucket, count, baseMs)] : [],
    );
  });
}

/** Without what failed at once: a full queue's refusals are quick, and are neither load nor low latency. */
function workedLatency({ latency, serverErrors }: Cell, baseMs: number): readonly number[] {
  let left = serverErrors;
  return latency.map((count, bucket) => {
    const isQuick = (LATENCY_BOUNDS_MS[bucket] ?? OPEN_BUCKET_MS) < NUMBERS.quickShare * baseMs;
    const failed = isQuick ? Math.min(left, count) : 0;
    left -= failed;
    return count - failed;
  });
}

function segmentAt(bucket: number, count: number, baseMs: number): Segment {
  const from = LATENCY_BOUNDS_MS[bucket - 1] ?? 0;
  const to = LATENCY_BOUNDS_MS[bucket] ?? OPEN_BUCKET_MS;
  return { from: from / baseMs, to: to / baseMs, count };
}

/** The multiple below which so many answers lie, each segment's spread evenly. */
function quantile(segments: readonly Segment[], rank: number): number {
  const below = (value: number) =>
    segments.reduce(
      (sum, { from, to, count }) => sum + count * Math.min(1, Math.max(0, (value - from) / (to - from))),
      0,
    );
  let [low, high] = [0, Math.max(...segments.map(({ to }) => to))];
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (low + high) / 2;
    if (below(middle) < rank) low = middle;
    else high = middle;
  }
  return high;
}

function medianMs(latency: readonly number[]): number | undefined {
  const total = latency.reduce((sum, count) => sum + count, 0);
  if (total <= 0) return undefined;
  const segments = latency.flatMap((count, bucket) => (count > 0 ? [segmentAt(bucket, count, 1)] : []));
  return quantile(segments, total / 2);
}

function answersOf(groups: readonly Cells[]): number {
  return groups.reduce(
    (sum, cells) =>
      sum + Object.values(cells).reduce((total, { latency }) => total + latency.reduce((a, b) => a + b, 0), 0),
    0,
  );
}

function meanBase(groups: readonly Cells[], bases: Bases): number {
  let [sum, count] = [0, 0];
  for (const cells of groups) {
    for (const [method, { latency }] of Object.entries(cells)) {
      const answers = latency.reduce((a, b) => a + b, 0);
      sum += answers * (own(bases, method) ?? medianMs(latency) ?? 0);
      count += answers;
    }
  }
  return Math.max(1, sum / Math.max(1, count));
}

/** How the unloaded latency of a method may change by a window. */
export type BaseChange = 'fall' | 'follow' | 'adopt';

/** The least latency seen; it follows a slower backend only at low load, and at once where a cut did not help. */
export function updateBases(bases: Bases, window: Window, change: BaseChange): Bases {
  const next: Record<MethodKey, number> = { ...bases };
  const followed = 1 - 0.5 ** (window.lengthMs / 1000 / NUMBERS.baseRiseSeconds);
  for (const [method, cell] of methodCells(window)) {
    const latency = workedLatency(cell, own(bases, method) ?? 0);
    const answers = latency.reduce((a, b) => a + b, 0);
    const seen = medianMs(latency);
    if (seen === undefined || answers < NUMBERS.leastAnswers / 2) continue;
    const before = own(bases, method);
    if (before === undefined || change === 'adopt') next[method] = seen;
    else if (seen < before) next[method] = before + NUMBERS.baseFallShare * (seen - before);
    else if (change === 'follow') next[method] = before + followed * (seen - before);
  }
  return next;
}

function methodCells(window: Window): Map<MethodKey, Cell> {
  const sums = new Map<MethodKey, Cell>();
  for (const cells of Object.values(window.cells)) {
    for (const [method, cell] of Object.entries(cells)) {
      const sum = sums.get(method);
      sums.set(method, sum ? addCells(sum, cell) : cell);
    }
  }
  return sums;
}
