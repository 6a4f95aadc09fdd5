import type { TrackerState } from '../../../shared/law/state.ts';
import { onCongested } from '../../../shared/law/tracking/cut.ts';
import { expectReadable } from '../../support/builders/readable-reason.ts';
import { roundPolicy } from '../../support/builders/round-policy.ts';
import { evidenceOf } from '../../support/builders/step-evidence.ts';
import { trackerOf } from '../../support/builders/tracker-state.ts';
import { type Seen, signalsOf } from '../../support/builders/window-signals.ts';

const policy = roundPolicy();

/** A congested window under a total of 300, lived wholly under the limits in force or not. */
function look(change: Partial<TrackerState>, seen: Seen = {}, isFresh = true) {
  const tracker = trackerOf({ totalCups: 300, goodCups: 300, ...change });
  const signals = signalsOf({ admittedCups: 305, completedCups: 290, latencyMs: 1100, ...seen });
  const evidence = evidenceOf(signals, { health: 'congested', healthyLatencyMs: 100, isFresh });
  return { before: tracker, step: onCongested(tracker, evidence, policy) };
}

describe('one cut per round', () => {
  test.each(['cut', 'drained'] as const)('after a %s it waits for a window lived under it', (lastAction) => {
    const { before, step } = look({ lastAction }, {}, false);
    expect(step).toMatchObject({ kind: 'hold', rule: 'awaiting-effect', tracker: before });
    expectReadable(step, '1100 ms');
  });

  test.each(['none', 'raise'] as const)('after %s there is no round to wait for', (lastAction) => {
    expect(look({ lastAction }, {}, false).step.rule).toBe('congested-cut');
  });
});

describe('a backlog that drains', () => {
  const draining = { phase: 'drain', lastAction: 'cut', latencyAtCutMs: 1100 } as const;

  test.each([
    ['more finishes than is let in', { completedCups: 331 }, 'backlog-draining'],
    ['no more finishes than a tenth over what is let in', { completedCups: 330 }, 'congested-cut'],
    ['latency is distinctly lower than at the cut', { latencyMs: 989 }, 'backlog-draining'],
    ['latency is hardly lower than at the cut', { latencyMs: 990.1 }, 'congested-cut'],
    ['nothing was answered, so nothing was slow', { latencyMs: undefined }, 'backlog-draining'],
  ])('%s', (_, seen, rule) => {
    expect(look(draining, seen).step.rule).toBe(rule);
  });

  test('is left alone, and the reason names what finished and the total', () => {
    const { before, step } = look(draining, { completedCups: 400 });
    expect(step).toMatchObject({ kind: 'hold', tracker: before });
    expectReadable(step, '1100 ms', '305', '300');
  });

  test('a drain that no window has shown yet is waited for', () => {
    expect(look({ phase: 'drain', lastAction: 'none' }, {}, false).step.rule).toBe('backlog-draining');
  });

  test('without a total completions say nothing of a backlog', () => {
    const unbounded = { ...draining, totalCups: null };
    expect(look(unbounded, { completedCups: 331 }).step.rule).toBe('congested-cut');
  });

  test('completions beyond the total are no backlog when nothing is being drained', () => {
    expect(look({ lastAction: 'cut', latencyAtCutMs: 1100 }, { completedCups: 331 }).step.rule).toBe('congested-cut');
  });
});

describe('after a drain', () => {
  const drained = { lastAction: 'drained', latencyAtCutMs: 1500 } as const;

  test('less latency than at the cut is the rest of the backlog, and the new measure', () => {
    const { before, step } = look(drained);
    expect(step).toMatchObject({
      kind: 'hold',
      rule: 'backlog-draining',
      tracker: { ...before, latencyAtCutMs: 1100 },
    });
    expectReadable(step, '1100 ms');
  });

  test('unknown latency is none', () => {
    expect(look(drained, { latencyMs: undefined }).step.tracker.latencyAtCutMs).toBe(0);
  });

  test.each([
    ['latency as at the cut is cut again', { ...drained, latencyAtCutMs: 1100 }],
    ['without a latency to compare with it is cut again', { ...drained, latencyAtCutMs: null }],
    ['less latency some time after a cut is cut again', { ...drained, lastAction: 'none' as const }],
  ])('%s', (_, change) => {
    expect(look(change).step.rule).toBe('congested-cut');
  });
});

describe('cuts that do not help', () => {
  test('after three in a row it holds', () => {
    const { before, step } = look({ lastAction: 'cut', uselessCuts: 3, latencyAtCutMs: 1100 });
    expect(step).toMatchObject({ kind: 'hold', rule: 'cut-does-not-help', tracker: before });
    expectReadable(step, '3 cuts', '1100 ms');
  });

  test('after two it tries the third', () => {
    const { step } = look({ lastAction: 'cut', uselessCuts: 2, latencyAtCutMs: 1100 });
    expect(step).toMatchObject({ kind: 'brake', tracker: { uselessCuts: 3 } });
  });
});
