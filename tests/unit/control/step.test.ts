import { clamp, figure, hold, percent, withinGuardrails } from '../../../shared/law/tracking/step.ts';
import { roundPolicy } from '../../support/builders/round-policy.ts';
import { trackerOf } from '../../support/builders/tracker-state.ts';

describe('the bounds of one action', () => {
  const guardrails = { largestStepUpShare: 0.5, largestStepDownShare: 0.75 };
  const within = (wanted: number, capacity: object = {}) =>
    withinGuardrails(wanted, 400, roundPolicy({ guardrails, capacity }));

  test.each([100, 300, 400, 600])('%d is within them', (wanted) => {
    expect(within(wanted)).toStrictEqual({ cups: wanted });
  });

  test.each([
    ['the largest step up', 700, {}, { cups: 600, guard: 'largest-step' }],
    ['the largest step down', 50, {}, { cups: 100, guard: 'largest-step' }],
    ['the floor of capacity', 150, { floorCups: 200 }, { cups: 200, guard: 'capacity-floor' }],
    ['the ceiling of capacity', 500, { ceilingCups: 450 }, { cups: 450, guard: 'capacity-ceiling' }],
    ['the floor before the step', 50, { floorCups: 200 }, { cups: 200, guard: 'capacity-floor' }],
    ['the step where the floor is lower', 50, { floorCups: 80 }, { cups: 100, guard: 'largest-step' }],
    ['the ceiling before the step', 700, { ceilingCups: 450 }, { cups: 450, guard: 'capacity-ceiling' }],
  ])('%s holds, and is named', (_, wanted, capacity, expected) => {
    expect(within(wanted, capacity)).toStrictEqual(expected);
  });
});

test('a value within its bounds stays, one beyond them goes to the bound', () => {
  expect([clamp(5, 1, 9), clamp(0, 1, 9), clamp(10, 1, 9)]).toEqual([5, 1, 9]);
});

test.each([
  [1234.4, '1234'],
  [-1234.4, '-1234'],
  [100.4, '100'],
  [12.345, '12.3'],
  [-0.012345, '-0.0123'],
  [2, '2'],
  [0, '0'],
  [Number.POSITIVE_INFINITY, 'unbounded'],
  [Number.NaN, 'unbounded'],
])('%d is told as %s', (value, told) => {
  expect(figure(value)).toBe(told);
});

test('a share is told in per cent', () => {
  expect([percent(0.12345), percent(1)]).toEqual(['12.3 %', '100 %']);
});

test('a hold changes nothing and says why', () => {
  const tracker = trackerOf();
  const words = { reason: 'Nothing moved.', wouldChange: 'Something moving.' };
  expect(hold(tracker, 'at-rest', words)).toStrictEqual({ tracker, kind: 'hold', rule: 'at-rest', ...words });
});
