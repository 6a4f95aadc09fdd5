import { learnFill } from '../../../shared/law/sharing/tier-levels.ts';
import type { MemoryState } from '../../../shared/law/state.ts';
import { readSignals } from '../../../shared/law/telling/signals.ts';
import type { LawInput } from '../../../shared/law/types.ts';
import { limitOf, shortageOf } from '../../support/builders/tier-shortage.ts';
import { type CellSketch, logWindow } from '../../support/builders/window-sketch.ts';

interface Seen {
  /** Of basic, in requests a second. */
  readonly admittedRps?: number;
  readonly cells?: Readonly<Record<string, CellSketch>>;
  readonly source?: 'logs' | 'metrics';
  readonly totalCups?: number | null;
  readonly liveRps?: number;
  readonly memory?: Partial<MemoryState>;
  readonly input?: Partial<LawInput<unknown>>;
}

/**
 * Keys that want 30 and 10 a second, at a limit of 20 each: by their rates 30 pass. A window from 600 s on, of which two
 * fifths are learned, between half and six fifths.
 */
function fillAfter(seen: Seen): MemoryState['fill'] {
  const { admittedRps = 24, source = 'logs', totalCups = 100, liveRps = 20, memory = {}, input } = seen;
  const { cells = { basic: { requests: 10 * admittedRps } } } = seen;
  const demand = { stageFreeShare: 0.8, leastFillFactor: 0.5, mostFillFactor: 1.2, fillGainShare: 0.4 };
  const shortage = shortageOf({ totalCups: 100, tiers: { basic: { asks: [30, 10] } }, memory, demand });
  const window = { ...logWindow(600_000, cells), source };
  return learnFill(shortage.memory, readSignals(window, shortage.policy, 1), totalCups, {
    state: undefined,
    windows: [],
    live: { stage: {}, tiers: { basic: limitOf(liveRps) } },
    effective: { stageMs: 0, tiersMs: {} },
    policy: shortage.policy,
    baseline: shortage.baseline,
    now: 620_000,
    ...input,
  });
}

test.each([
  ['less than 1', { admittedRps: 24 }, 1 + 0.4 * (24 / 30 - 1)],
  ['more than 1', { admittedRps: 33 }, 1 + 0.4 * (33 / 30 - 1)],
  ['at most what the policy says', { admittedRps: 60 }, 1 + 0.4 * (1.2 - 1)],
  ['at least what the policy says', { admittedRps: 3 }, 1 + 0.4 * (0.5 - 1)],
  ['the least, where nothing of the tier was admitted', { cells: {} }, 1 + 0.4 * (0.5 - 1)],
  ['beginning with what was known', { memory: { fill: { basic: 0.9 } } }, 0.9 + 0.4 * (24 / 30 - 0.9)],
  // At a limit of 25, 25 and 10 pass.
  ['by the limits as they are enforced', { memory: { slack: 1.25 } }, 1 + 0.4 * (24 / 35 - 1)],
])('of a limited tier it is learned what passed over what its keys’ rates say: %s', (_, seen, expected) => {
  expect(fillAfter(seen).basic).toBeCloseTo(expected, 9);
});

test('what is known of other tiers stays', () => {
  const fill = { premium: 0.7 };
  expect(fillAfter({ memory: { fill } })).toEqual({ premium: 0.7, basic: expect.closeTo(0.92, 9) });
});

describe('nothing is learned', () => {
  const fill = { basic: 0.9 };
  const fillFor = (seen: Seen) => fillAfter({ ...seen, memory: { fill, ...seen.memory } });

  test.each<[string, Seen]>([
    ['from minutes', { source: 'metrics' }],
    ['without a total', { totalCups: null, cells: {} }],
    ['where the stage may have held it back: of 100, more than 80 were admitted', { admittedRps: 80.1 }],
    ['of a plan at rest', { liveRps: 1000 }],
    ['of a plan within a thousandth of its baseline', { liveRps: 999 }],
    ['of a plan that came into force within the window', { input: inForceAt(600_001) }],
    ['where nobody asks', { memory: { demand: {} } }],
    ['of a tier without a baseline', { input: { baseline: { stage: limitOf(2000), tiers: {} } } }],
  ])('%s', (_, seen) => {
    expect(fillFor(seen)).toEqual(fill);
  });

  test.each<[string, Seen]>([
    ['where the stage has just not held it back', { admittedRps: 80 }],
    ['of a plan a little further below its baseline', { liveRps: 998 }],
    ['of a plan in force since the window began', { input: inForceAt(600_000) }],
  ])('but it is %s', (_, seen) => {
    expect(fillFor(seen)).not.toEqual(fill);
  });
});

function inForceAt(basicMs: number): Partial<LawInput<unknown>> {
  return { effective: { stageMs: 0, tiersMs: { basic: basicMs } } };
}
