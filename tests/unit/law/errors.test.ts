import { judgeErrors, loadChance } from '../../../shared/law/next/backend/error-judgement.ts';
import type { Reading } from '../../../shared/law/next/backend/reading.ts';
import type { ErrorJudgement } from '../../../shared/law/next/next-state.ts';
import { roundPolicy } from '../../support/builders/round-policy.ts';

const policy = roundPolicy({ objective: { errorShare: 0.05 } });
const window = (admittedCups: number, completedCups: number): Reading =>
  ({
    seconds: 10,
    admittedCups,
    completedCups,
    errorShare: 1 - completedCups / admittedCups,
    answers: 10 * admittedCups,
  }) as Reading;
const CALM: ErrorJudgement = { logOdds: 0, cleanCups: 100, test: null };
const SETTLED = { isSettled: true, isOverloaded: false, log: Math.log(200) };
const judged = (before: ErrorJudgement, reading: Reading) => judgeErrors(before, reading, SETTLED, policy);

describe('whether errors come from load', () => {
  test('is not asked where the same load went well a moment ago', () => {
    expect(judged(CALM, window(95, 60)).verdict).toBe('none');
  });

  test('is tested by a cut where more is let in than ever went well', () => {
    expect(judged(CALM, window(150, 90)).verdict).toBe('test');
  });

  test('is not worth a test for few errors', () => {
    expect(judged(CALM, window(150, 140)).verdict).toBe('none');
  });

  test('yes: successes stayed when less was let in', () => {
    const told = judged(judged(CALM, window(150, 90)).judgement, window(110, 95));
    expect(told.verdict).toBe('load');
    expect(loadChance(told.judgement)).toBeGreaterThan(0.8);
  });

  test('no: successes fell with what was let in, and the limit of before is what to return to', () => {
    const tested = judged(CALM, window(150, 90));
    expect(tested.judgement.test?.log).toBeCloseTo(Math.log(200));
    expect(judged(tested.judgement, window(110, 66)).verdict).toBe('other');
  });

  test('a test that shows nothing is given up', () => {
    let state = judged(CALM, window(150, 90)).judgement;
    const verdicts = Array.from({ length: 7 }, () => {
      const next = judged(state, window(150, 90));
      state = next.judgement;
      return next.verdict;
    });
    expect(verdicts).toContain('other');
  });

  test('a queue that overflows is no question of errors', () => {
    const finding = judgeErrors(CALM, window(150, 90), { ...SETTLED, isOverloaded: true }, policy);
    expect(finding.verdict).toBe('none');
  });
});
