import type { MethodKey } from '../../../limits/method-key.ts';
import { emptyRecord, own } from '../../../platform/records.ts';
import type { TierName } from '../../../platform/units.ts';
import type { Policy } from '../../../policy/schema/policy-schema.ts';
import { type Cell, LATENCY_BOUNDS_MS, type Window } from '../../../telemetry/window.ts';
import { NUMBERS } from '../constants.ts';

/** Latency of the tiers that are delayed least: a queue delays every tier, heavy requests of one tenant only their own tier. */
export interface Feel {
  /** Median over the unloaded median. */
  readonly ratio: number;
  /** Time that answers waited for others, seconds. */
  readonly waitSeconds: number;
  /** More than a fifth of the answers are slow enough to show a queue. */
  readonly isOverloaded: boolean;
  /** More than four fifths are: the backend was busy throughout the window, so its completions measure its capacity. */
  readonly isBusyThroughout: boolean;
  /** Share of the way from unloaded latency to the objective, by the median. */
  readonly strain: number;
  /** Share of failures among the answers that took the backend time. */
  readonly wastedShare: number;
  /** A tier whose own requests are slow while others are in time. */
  readonly slowTier: TierName | undefined;
}

type Cells = Window['cells'][TierName];

/** Unloaded median latency by tier and method, milliseconds: one method may take longer for one tier than for another. */
export type Bases = Readonly<Record<TierName, Readonly<Record<MethodKey, number>>>>;

/** Answers of one tier and method in one bucket of latency, and the unloaded latency of the method. */
interface Answers {
  readonly fromMs: number;
  readonly toMs: number;
  readonly count: number;
  readonly baseMs: number;
}

const HALVINGS = 24;
const OPEN_BUCKET_MS = 60_000;
/** Latency is random: an answer counts as delayed from this multiple of the unloaded median. */
const SPREAD = 1.45;
/** By how much that multiple is larger at the alarm's quantile. */
const ALARM_SPREAD = 0.4;

/** Undefined where there are too few answers to say. */
export function feelOf(window: Window, bases: Bases, policy: Policy): Feel | undefined {
  const tiers = Object.entries(window.cells).map(([tier, cells]) => ({ tier, answers: answersOf(cells, tier, bases) }));
  const judged = tiers.filter(({ answers }) => countOf(answers) >= NUMBERS.leastAnswers);
  const groups = judged.length > 0 ? judged : [{ tier: '', answers: tiers.flatMap(({ answers }) => answers) }];
  const feels = groups
    .filter(({ answers }) => countOf(answers) > 0)
    .map(({ tier, answers }) => ({ tier, count: countOf(answers), feel: groupFeel(answers, policy) }))
    .sort((a, b) => a.feel.lateShare - b.feel.lateShare);
  const enough = NUMBERS.feltShare * feels.reduce((sum, { count }) => sum + count, 0);
  let heard = 0;
  const first = feels.find(({ count }) => {
    heard += count;
    return heard >= enough;
  });
  if (first === undefined) return undefined;
  const slow = feels.findLast(({ feel }) => feel.isOverloaded);
  return {
    ...first.feel,
    wastedShare: wastedShareOf(window, bases),
    slowTier: first.feel.isOverloaded ? undefined : slow?.tier,
  };
}

function groupFeel(
  answers: readonly Answers[],
  policy: Policy,
): Omit<Feel, 'slowTier' | 'wastedShare'> & { lateShare: number } {
  const total = countOf(answers);
  const objectiveMs = policy.objective.latencyMs;
  const lateShare = shareBeyond(answers, (baseMs) => lateFromMs(baseMs, objectiveMs)) / total;
  const median = (of: (answer: Answers) => Span) => quantile(answers, 0.5 * total, of);
  const ratio = median(({ fromMs, toMs, baseMs }) => ({ from: fromMs / baseMs, to: toMs / baseMs }));
  const alarm = quantile(answers, NUMBERS.alarmQuantile * total, (each) => waited(each, SPREAD + ALARM_SPREAD));
  const middle = median((each) => waited(each, SPREAD));
  const beyond = (baseMs: number) => Math.max(objectiveMs - SPREAD * baseMs, baseMs);
  return {
    ratio,
    waitSeconds: Math.max(0, middle, alarm) / 1000,
    lateShare,
    isOverloaded: lateShare > 1 - NUMBERS.alarmQuantile,
    isBusyThroughout: lateShare > NUMBERS.alarmQuantile,
    strain: median(({ fromMs, toMs, baseMs }) => {
      const room = beyond(baseMs);
      return { from: (fromMs - baseMs) / room, to: (toMs - baseMs) / room };
    }),
  };
}

function wastedShareOf(window: Window, bases: Bases): number {
  let [answers, wasted] = [0, 0];
  for (const [tier, cells] of Object.entries(window.cells)) {
    for (const [method, cell] of Object.entries(cells)) {
      const all = cell.latency.reduce((a, b) => a + b, 0);
      const worked = workedLatency(cell, baseOf(bases, tier, method) ?? 1).reduce((a, b) => a + b, 0);
      answers += worked;
      wasted += Math.max(0, cell.serverErrors - (all - worked));
    }
  }
  return answers > 0 ? wasted / answers : 0;
}

/** The latency from which an answer shows a queue, in milliseconds. */
function lateFromMs(baseMs: number, objectiveMs: number): number {
  return Math.max(NUMBERS.overloadFactor * baseMs + NUMBERS.overloadExtraMs, NUMBERS.objectiveShare * objectiveMs);
}

interface Span {
  readonly from: number;
  readonly to: number;
}

const waited = ({ fromMs, toMs, baseMs }: Answers, spread: number): Span => ({
  from: fromMs - spread * baseMs,
  to: toMs - spread * baseMs,
});

function answersOf(cells: Cells, tier: TierName, bases: Bases): Answers[] {
  return Object.entries(cells).flatMap(([method, cell]) => {
    const baseMs = baseOf(bases, tier, method) ?? medianMs(cell.latency) ?? 1;
    return workedLatency(cell, baseMs).flatMap((count, bucket) =>
      count > 0 ? [{ ...spanOf(bucket), count, baseMs }] : [],
    );
  });
}

/** The tier's own unloaded latency of a method; if unknown, the longest of any tier. */
function baseOf(bases: Bases, tier: TierName, method: MethodKey): number | undefined {
  const known = own(own(bases, tier) ?? {}, method);
  if (known !== undefined) return known;
  const others = Object.values(bases).flatMap((methods) => own(methods, method) ?? []);
  return others.length > 0 ? Math.max(...others) : undefined;
}

const countOf = (answers: readonly Answers[]): number => answers.reduce((sum, { count }) => sum + count, 0);

function spanOf(bucket: number): { fromMs: number; toMs: number } {
  return { fromMs: LATENCY_BOUNDS_MS[bucket - 1] ?? 0, toMs: LATENCY_BOUNDS_MS[bucket] ?? OPEN_BUCKET_MS };
}

/** How many answers exceed a bound that depends on their unloaded latency. A bucket's answers are spread evenly in it. */
function shareBeyond(answers: readonly Answers[], boundOf: (baseMs: number) => number): number {
  return answers.reduce((sum, { fromMs, toMs, count, baseMs }) => {
    return sum + count * (1 - within({ from: fromMs, to: toMs }, boundOf(baseMs)));
  }, 0);
}

const within = ({ from, to }: Span, value: number): number => Math.min(1, Math.max(0, (value - from) / (to - from)));

/** The value that so many answers do not exceed. A bucket's answers are spread evenly in it. */
function quantile(answers: readonly Answers[], rank: number, of: (answer: Answers) => Span): number {
  const spans = answers.map((answer) => ({ span: of(answer), count: answer.count }));
  const below = (value: number) => spans.reduce((sum, { span, count }) => sum + count * within(span, value), 0);
  let [low, high] = [Math.min(...spans.map(({ span }) => span.from)), Math.max(...spans.map(({ span }) => span.to))];
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (low + high) / 2;
    if (below(middle) < rank) low = middle;
    else high = middle;
  }
  return high;
}

function workedLatency({ latency, serverErrors }: Cell, baseMs: number): readonly number[] {
  let left = serverErrors;
  return latency.map((count, bucket) => {
    const isQuick = (LATENCY_BOUNDS_MS[bucket] ?? OPEN_BUCKET_MS) < NUMBERS.quickShare * baseMs;
    const failed = isQuick ? Math.min(left, count) : 0;
    left -= failed;
    return count - failed;
  });
}

function medianMs(latency: readonly number[]): number | undefined {
  const answers = latency.flatMap((count, bucket) => (count > 0 ? [{ ...spanOf(bucket), count, baseMs: 1 }] : []));
  if (answers.length === 0) return undefined;
  return quantile(answers, countOf(answers) / 2, ({ fromMs, toMs }) => ({ from: fromMs, to: toMs }));
}

/** How one window may change the unloaded latency: only down, also up slowly, or at once to what was measured. */
export type BaseChange = 'fall' | 'follow' | 'adopt';

/** Updates the unloaded latencies of every tier and method by one window. */
export function updateBases(bases: Bases, window: Window, change: BaseChange): Bases {
  const next = emptyRecord<Readonly<Record<MethodKey, number>>>();
  for (const [tier, known] of Object.entries(bases)) next[tier] = known;
  for (const [tier, cells] of Object.entries(window.cells)) {
    const methods: Record<MethodKey, number> = { ...own(next, tier) };
    for (const [method, cell] of Object.entries(cells)) {
      const base = baseAfter(baseOf(bases, tier, method), cell, change, window.lengthMs / 1000);
      if (base !== undefined) methods[method] = base;
    }
    next[tier] = methods;
  }
  return next;
}

function baseAfter(before: number | undefined, cell: Cell, change: BaseChange, seconds: number): number | undefined {
  const latency = workedLatency(cell, before ?? 0);
  const count = latency.reduce((a, b) => a + b, 0);
  const seen = medianMs(latency);
  if (seen === undefined || count < NUMBERS.leastAnswers / 2) return before;
  if (before === undefined || change === 'adopt') return seen;
  if (seen < before) return before + NUMBERS.baseFallShare * (seen - before);
  const followed = 1 - 0.5 ** (seconds / NUMBERS.baseRiseSeconds);
  return change === 'follow' ? before + followed * (seen - before) : before;
}
