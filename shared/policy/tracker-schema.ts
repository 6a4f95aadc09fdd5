import * as z from 'zod';
import { tunable, tunableCount } from './tunable.ts';

/** The tracker of capacity: every constant of docs/control-law.md, "The tracker". */
export const trackerSchema = z.strictObject({
  aimShare: tunable(
    0.965,
    0.5,
    1,
    'Share of measured capacity aimed at. Larger: more goodput, less room for slack and noise, more violations. Smaller: safer, more false throttles.',
  ),
  drainShare: tunable(
    0.25,
    0,
    0.5,
    'Extra cut below the good rate until the backlog is gone; half as much again when severe, a quarter when a probe retreats in time. Larger: the queue empties sooner, more refused meanwhile. Smaller: the backlog lingers, a collapse may win.',
  ),
  cutFloorShare: tunable(
    0.25,
    0.05,
    1,
    'A cut never goes below this share of the rate that proved bad. Larger: slow after a deep loss of capacity. Smaller: completions depressed by a collapse are trusted too much.',
  ),
  cutCeilingShare: tunable(
    0.97,
    0.5,
    0.999,
    'A cut goes at least this far below the rate that proved bad. Larger: repeated small cuts. Smaller: every cut costs more.',
  ),
  firstProbeShare: tunable(
    0.02,
    0.001,
    0.25,
    'First step up while the limit binds. Larger: finds new capacity sooner, each failed probe queues more. Smaller: safer, slower.',
  ),
  probeGrowthFactor: tunable(
    2,
    1,
    4,
    'Factor from one successful probe to the next. Larger: faster climb, larger overshoot. Smaller: slower climb.',
  ),
  plateauProbeFactor: tunable(
    1.5,
    1,
    10,
    'Above the remembered plateau a probe is at most this many first steps. Larger: bolder in unknown ground. Smaller: more rounds.',
  ),
  tightBracketShare: tunable(
    0.04,
    0.001,
    0.5,
    'A gap between known good and known bad below this share is not searched further. Larger: settles earlier and lower. Smaller: probes closer to the edge.',
  ),
  badAgeSeconds: tunable(
    120,
    10,
    3600,
    'How long a failed rate is believed. Larger: fewer probes, a healed backend is noticed later. Smaller: more probes, more violations.',
  ),
  badAgeMaxSeconds: tunable(
    300,
    10,
    86_400,
    'Upper bound of that age, which doubles with every failed probe. Larger: quieter at a steady capacity. Smaller: a healed backend is found sooner.',
  ),
  plateauMemorySeconds: tunable(
    3600,
    60,
    604_800,
    'How long the highest proven rate steers the climb. Larger: fast return after long outages, risk of trusting the past. Smaller: careful climb again.',
  ),
  utilisationGateShare: tunable(
    0.9,
    0.5,
    1,
    'Only a window that admitted this share of the total teaches anything. Larger: learns rarely. Smaller: grows without evidence.',
  ),
  probeHarmShare: tunable(
    0.85,
    0.5,
    1,
    'After a failed probe the rate before it stays good if completions reached this share of it. Larger: falls back to completions more often. Smaller: trusts the old rate more.',
  ),
  kneeFactor: tunable(
    1.15,
    1.01,
    5,
    'Latency over its healthy mean at which a probe has found the knee and retreats. Larger: probes further, more queueing. Smaller: noise ends probes.',
  ),
  watchFactor: tunable(
    1.6,
    1.05,
    10,
    'Latency over its healthy mean from which nothing is raised and a probe retreats. Larger: reacts later. Smaller: reacts to noise.',
  ),
  congestedFactor: tunable(
    3.5,
    1.1,
    50,
    'Latency over its healthy mean that means congestion, never above the objective. Larger: reacts later on fast backends. Smaller: cuts on noise.',
  ),
  objectiveShare: tunable(
    0.5,
    0,
    1,
    'Latency below this share of the objective is never congestion. Larger: fast backends may slow down more. Smaller: reacts earlier.',
  ),
  unreachableFactor: tunable(
    1.25,
    1,
    5,
    'Congestion needs at least this factor over the healthy mean, also when the objective is lower. Larger: tolerates an objective that cannot be met. Smaller: cuts against it in vain.',
  ),
  severeFactor: tunable(
    10,
    1.5,
    100,
    'Latency over its healthy mean that is severe. Larger: fewer cuts to bare completions. Smaller: more of them.',
  ),
  minimumSamples: tunableCount(
    20,
    1,
    10_000,
    'Answers a window needs to count as evidence. Larger: quiet APIs are never judged. Smaller: noise is judged.',
  ),
  healthyHalfLifeSeconds: tunable(
    600,
    30,
    86_400,
    'Half-life of the healthy latency. Larger: slow to accept a new normal. Smaller: creeping slowness becomes normal.',
  ),
  uselessCuts: tunableCount(
    3,
    1,
    20,
    'After this many cuts in a row that did not lower latency, hold: it does not depend on load. Larger: cuts longer in vain. Smaller: gives up early in a deep collapse.',
  ),
  reliefShare: tunable(
    0.9,
    0.1,
    1,
    'A cut helped when latency fell below this share of what it was. Larger: any improvement counts. Smaller: cuts are called useless sooner.',
  ),
  errorTestCutShare: tunable(
    0.1,
    0.01,
    0.5,
    'Cut by which fast errors are tested, once, for depending on load. Larger: clearer answer, more refused. Smaller: noise may decide.',
  ),
  errorMemorySeconds: tunable(
    600,
    60,
    86_400,
    'How long the answer of that test holds. Larger: fewer tests. Smaller: notices sooner that errors became load errors.',
  ),
  slackMaxFactor: tunable(
    1.1,
    1,
    2,
    'Largest enforcement slack (admitted over limit) believed. Larger: adapts to sloppier enforcement. Smaller: robust to a wrong measurement.',
  ),
  slackGainShare: tunable(
    0.2,
    0,
    1,
    'Weight of one window in the learned slack. Larger: adapts faster, noisier limits. Smaller: slower.',
  ),
});
