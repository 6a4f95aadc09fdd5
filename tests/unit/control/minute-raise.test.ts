import { initialState, type TrackerState } from '../../../shared/law/state.ts';
import { readSignals } from '../../../shared/law/telling/signals.ts';
import { minuteRaise } from '../../../shared/law/tracking/minutes.ts';
import { policySchema } from '../../../shared/policy/schema/policy-schema.ts';
import { evidenceOf } from '../../support/builders/step-evidence.ts';
import { minuteWindow } from '../../support/builders/window-sketch.ts';

const policy = policySchema.parse({
  api: 'a1/dev',
  tracker: { kneeFactor: 1.5 },
  minutes: {
    plateauShare: 0.9,
    returnRounds: 4,
    firstReturnShare: 0.3,
    smallStepShare: 0.2,
    leastRoomShare: 0.5,
    belowBadShare: 0.95,
    worthShare: 0.1,
  },
});

/** The next total, at a latency that leaves all the way to the knee at 200 ms, half of it at 250. */
function raised(change: Partial<TrackerState>, latencyMs = 200, by = policy) {
  const tracker = { ...initialState({ stage: {}, tiers: {} }, 0, 0.02, 120).tracker, ...change };
  const signals = { ...readSignals(minuteWindow(600_000, { requests: 6000 }), policy, 1), latencyMs };
  return minuteRaise(tracker, evidenceOf(signals, { healthyLatencyMs: 200 }), by);
}

describe('the way back to nine tenths of a plateau of 200', () => {
  const plateau = { cups: 200, atMs: 0 };

  test.each([
    ['goes by quarters of what is missing', 100, 0.02, 200, 100 + 80 / 4],
    ['goes half as far half way to the knee', 100, 0.02, 250, 100 + 80 / 8],
    ['goes by the largest first step where little was left', 20, 0.02, 200, 20 * 1.3],
    ['goes by larger steps after the first', 20, 0.5, 200, 20 * 1.5],
    ['stands still at the knee', 100, 0.02, 300, 100],
    // Less than a tenth of 180 is missing from 162 on.
    ['is worth a step until nearly there', 161, 0.02, 200, 161 + 19 / 4],
    ['goes by small steps once it is there', 162, 0.02, 200, 162 * 1.2],
  ])('%s', (_, totalCups, probeShare, latencyMs, expected) => {
    expect(raised({ totalCups, probeShare, plateau }, latencyMs)).toBeCloseTo(expected, 9);
  });
});

describe('beyond the plateau', () => {
  test('goes by small steps, which half way to the knee are half as large', () => {
    expect(raised({ totalCups: 100 })).toBeCloseTo(120, 9);
    expect(raised({ totalCups: 100 }, 240)).toBeCloseTo(100 * (1 + 0.2 * 0.6), 9);
  });

  test('ends where half of the way to the knee is left, or nothing worth a step', () => {
    // Half of the room makes a step of a tenth, which is not worth it; below that no step is made however large.
    const bold = { ...policy, minutes: { ...policy.minutes, smallStepShare: 0.4 } };
    expect(raised({ totalCups: 100 }, 250, bold)).toBeCloseTo(120, 9);
    expect(raised({ totalCups: 100 }, 251, bold)).toBeUndefined();
    expect(raised({ totalCups: 100 }, 250)).toBeUndefined();
  });

  test('stays below what failed', () => {
    expect(raised({ totalCups: 100, bad: { cups: 120, atMs: 0 } })).toBeCloseTo(0.95 * 120, 9);
    expect(raised({ totalCups: 100, bad: { cups: 115, atMs: 0 } })).toBeUndefined();
    expect(raised({ totalCups: 100, bad: { cups: 200, atMs: 0 } })).toBeCloseTo(120, 9);
  });

  test('is nothing without a total', () => {
    expect(raised({ totalCups: null })).toBeUndefined();
  });
});
