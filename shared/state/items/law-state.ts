import type { LawState } from '../../law/state.ts';
import type { EpochMs } from '../../platform/units.ts';
import { CEILING_MS } from './ceilings.ts';
import {
  fields,
  flag,
  instant,
  limit,
  listOf,
  nullable,
  numberWithin,
  oneOf,
  rate,
  recordWith,
  type Shape,
  text,
} from './shape.ts';

/** A law state that the law cannot use. */
export class UnusableState extends Error {
  override readonly name = 'UnusableState';
}

const LONGEST_SECONDS = 1e9;
const seconds = numberWithin(0, LONGEST_SECONDS);
const milliseconds = numberWithin(0, 1e9);
const share = numberWithin(0, 10);
/** Bound on learned factors, far beyond what the policy lets the law learn. */
const factor = numberWithin(0.01, 100);
const count = numberWithin(0, 1e9);
const real = numberWithin(-1e9, 1e9);

const markShape = (now: EpochMs) => nullable(fields({ cups: rate, atMs: instant(now, CEILING_MS.past) }));

function trackerShape(now: EpochMs): Shape {
  const past = instant(now, CEILING_MS.past);
  const effect = nullable(instant(now, CEILING_MS.takingEffect));
  const mark = markShape(now);
  return fields({
    totalCups: nullable(rate),
    phase: oneOf('hold', 'drain'),
    goodCups: nullable(rate),
    ...{ bad: mark, lastBad: mark, plateau: mark },
    badAgeSeconds: seconds,
    probeShare: share,
    lastActionMs: past,
    lastAction: oneOf('none', 'raise', 'cut', 'drained'),
    ...{ stageSinceMs: effect, plansSinceMs: effect },
    drainUntilMs: nullable(instant(now, CEILING_MS.drain)),
    ...{ isRough: flag, isProbeFailed: flag, isKneeTold: flag, isClimbing: flag },
    latencyAtCutMs: nullable(milliseconds),
    uselessCuts: count,
    errorTest: nullable(
      fields({
        startedMs: past,
        verdict: oneOf('running', 'load', 'independent'),
        successShare: share,
        admittedCups: rate,
        totalCups: nullable(rate),
      }),
    ),
  });
}

function memoryShape(now: EpochMs): Shape {
  const past = instant(now, CEILING_MS.past);
  return fields({
    demand: recordWith(fields({ tier: text, count, methods: recordWith(rate), wantedRps: rate })),
    attempts: recordWith(
      fields({ weight: numberWithin(0, 1e6), means: listOf(real), variances: listOf(numberWithin(0, 1e6)) }),
    ),
    healthyLatencyMs: nullable(milliseconds),
    latencyMs: nullable(milliseconds),
    latencyGrowth: real,
    headroom: share,
    healthySeconds: seconds,
    admittedCups: rate,
    confirmed: markShape(now),
    meanCost: numberWithin(0.001, 10_000),
    slack: factor,
    fill: recordWith(factor),
    usual: recordWith(rate),
    ...{ lastWindowEndMs: past, lastNewsMs: past, lastLogEndMs: past },
  });
}

function lawStateShape(now: EpochMs): Shape {
  return fields({
    version: oneOf(4),
    tracker: trackerShape(now),
    memory: memoryShape(now),
    changes: listOf(fields({ atMs: instant(now, CEILING_MS.past), direction: oneOf('up', 'down') })),
    isContended: flag,
    inForce: recordWith(limit),
    desired: fields({ stage: recordWith(limit), tiers: recordWith(limit) }),
    planOrder: listOf(text),
    lastKind: oneOf('hold', 'brake', 'tighten', 'relax', 'probe', 'restore'),
  });
}

/**
 * Reads the law's stored state from JSON.
 * @throws UnusableState naming the first field that the law cannot have written
 */
export function lawStateOf(state: unknown, now: EpochMs): LawState | undefined {
  if (state === undefined) return undefined;
  const at = lawStateShape(now)(state);
  if (at !== undefined) throw new UnusableState(`${at === '' ? 'the state' : at} is not what the law keeps.`);
  return state as LawState;
}
