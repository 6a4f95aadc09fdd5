import { judgeFlood, type SurgeRun } from '../../../reliability/tamper/judge-flood.ts';
import { PlanWaits } from '../../../reliability/tamper/plan-waits.ts';

const T0 = Date.UTC(2031, 0, 1);
const at = (second: number) => T0 + second * 1000;

describe('the wait for a plan write', () => {
  let waits: PlanWaits;
  beforeEach(() => {
    waits = new PlanWaits();
  });

  const writeAt = (second: number, tier: string, pending: string[] = []) =>
    waits.look(at(second + 1), [{ tier, atMs: at(second) }], pending);
  const ended = () =>
    waits.ended.map(({ tier, endMs, waitedMs, end }) => [tier, (endMs - T0) / 1000, waitedMs / 1000, end]);

  test('does not count the 20 s for which the account’s slot is taken', () => {
    writeAt(0, 'premium', ['basic', 'standard']);
    writeAt(23, 'basic', ['standard']);
    writeAt(46, 'standard');
    expect(ended()).toEqual([
      ['premium', 0, 0, 'written'],
      ['basic', 23, 3, 'written'],
      ['standard', 46, 3, 'written'],
    ]);
  });

  test('counts from when the change became wanted where the slot was free before', () => {
    writeAt(0, 'premium');
    waits.look(at(30), [], ['basic']);
    waits.look(at(31), [], ['basic']);
    writeAt(42, 'basic');
    expect(ended()).toEqual([
      ['premium', 0, 0, 'written'],
      ['basic', 42, 12, 'written'],
    ]);
  });

  test('goes on while control wants now one plan, now another', () => {
    waits.look(at(0), [], ['basic']);
    waits.look(at(8), [], ['premium']);
    writeAt(15, 'premium');
    expect(ended()).toEqual([['premium', 15, 15, 'written']]);
  });

  test('is told also where control withdrew the change, or the run ended first', () => {
    waits.look(at(0), [], ['basic']);
    waits.look(at(12), [], []);
    waits.look(at(20), [], ['premium']);
    waits.end(at(50), 'unwritten');
    expect(ended()).toEqual([
      ['basic', 12, 12, 'withdrawn'],
      ['premium', 50, 30, 'unwritten'],
    ]);
  });

  test('is none for a change that is withdrawn before a slot is free', () => {
    writeAt(0, 'premium', ['basic']);
    waits.look(at(19), [], []);
    expect(ended()).toEqual([['premium', 0, 0, 'written']]);
  });
});

describe('whoever judges the flood', () => {
  const calm: SurgeRun = {
    forgedEvents: 0,
    secondsToMitigate: 29,
    secondsToFirstPlanWrite: 18,
    waits: [
      { tier: 'premium', atSecond: 18, waitedSeconds: 0, end: 'written' },
      { tier: 'standard', atSecond: 41, waitedSeconds: 3, end: 'written' },
    ],
    decisions: 14,
    crowded: 0,
  };
  const flooded = (change: Partial<SurgeRun>): SurgeRun => ({ ...calm, forgedEvents: 600, ...change });

  test('complains of nothing where everything comes ten seconds later, and other plans are written first', () => {
    const waits = [
      { tier: 'premium', atSecond: 28, waitedSeconds: 0, end: 'written' },
      { tier: 'premium', atSecond: 51, waitedSeconds: 10, end: 'written' },
      { tier: 'standard', atSecond: 90, waitedSeconds: 3, end: 'written' },
    ] as const;
    expect(judgeFlood(calm, flooded({ secondsToMitigate: 39, secondsToFirstPlanWrite: 28, waits }))).toEqual([]);
  });

  test.each([
    ['the surge is mitigated eleven seconds later', { secondsToMitigate: 40 }, /mitigated 40 s .* after 29 s without/],
    ['the surge is never mitigated', { secondsToMitigate: null }, /mitigated never under the flood/],
    ['the first plan is written eleven seconds later', { secondsToFirstPlanWrite: 29 }, /first plan was written 29 s/],
    ['no plan is written', { secondsToFirstPlanWrite: null }, /first plan was written never under the flood/],
    ['a decision looked at nothing', { crowded: 1 }, /1 decisions were held for too many/],
  ])('complains when %s', (_, change, complaint) => {
    expect(judgeFlood(calm, flooded(change))).toEqual([expect.stringMatching(complaint)]);
  });

  test.each(['written', 'withdrawn', 'unwritten'] as const)('complains of a change %s after eleven seconds', (end) => {
    const waits = [{ tier: 'basic', atSecond: 60, waitedSeconds: 11, end }];
    expect(judgeFlood(calm, flooded({ waits }))).toEqual([
      `basic: a change of its plan, ${end} 60 s after the onset, had waited 11 s while AWS would have accepted it`,
    ]);
  });

  test('complains when there is nothing to compare with', () => {
    const idle = { secondsToMitigate: null, secondsToFirstPlanWrite: null };
    expect(judgeFlood({ ...calm, ...idle }, flooded({}))).toEqual([
      'the surge was mitigated never, even without the flood',
      'the first plan was written never, even without the flood',
    ]);
  });
});
