import type { Change } from '../../../shared/law/state.ts';
import { frozenBy, recordChange } from '../../../shared/law/tracking/changes.ts';
import { roundPolicy } from '../../support/builders/round-policy.ts';

const NOW = 10_000_000;
const HOUR_MS = 3_600_000;

/** One change a second, the last of them just now. */
const changesOf = (...directions: readonly Change['direction'][]): readonly Change[] =>
  directions.map((direction, index) => ({ direction, atMs: NOW - 1000 * (directions.length - 1 - index) }));

describe('what counts as a change of the total', () => {
  test.each([
    ['more', 400, 500, 'up'],
    ['less', 500, 400, 'down'],
    ['the first total', null, 400, 'down'],
    ['the end of a total', 400, null, 'up'],
  ] as const)('%s', (_, before, after, direction) => {
    expect(recordChange([], before, after, NOW)).toEqual([{ atMs: NOW, direction }]);
  });

  test('not the same total, nor none as before', () => {
    expect(recordChange([], 400, 400, NOW)).toEqual([]);
    expect(recordChange([], null, null, NOW)).toEqual([]);
  });

  test('changes are forgotten after an hour, also when nothing changes', () => {
    const kept = { atMs: NOW - HOUR_MS + 1, direction: 'up' } as const;
    const old = { atMs: NOW - HOUR_MS, direction: 'down' } as const;
    expect(recordChange([old, kept], 400, 400, NOW)).toEqual([kept]);
    expect(recordChange([old, kept], 400, 300, NOW)).toEqual([kept, { atMs: NOW, direction: 'down' }]);
  });
});

describe('the budgets of an hour', () => {
  const policy = roundPolicy({ guardrails: { stageChangesPerHour: 4, reversalsPerHour: 2 } });

  test.each([
    ['nothing changed', [], undefined],
    ['one direction is no reversal', ['up', 'up', 'up'], undefined],
    ['one reversal is left', ['up', 'up', 'down'], undefined],
    ['reversals are spent', ['up', 'down', 'up'], 'reversals'],
    ['changes are spent', ['up', 'up', 'up', 'up'], 'change-budget'],
    ['both are spent', ['up', 'down', 'up', 'down'], 'change-budget'],
  ] as const)('%s', (_, directions, expected) => {
    expect(frozenBy(changesOf(...directions), NOW, policy)).toBe(expected);
  });

  test('count for an hour and no longer', () => {
    const changes = changesOf('up', 'down', 'up', 'down');
    const firstMs = NOW - 3000;
    expect(frozenBy(changes, firstMs + HOUR_MS - 1, policy)).toBe('change-budget');
    expect(frozenBy(changes, firstMs + HOUR_MS, policy)).toBe('reversals');
    expect(frozenBy(changes, firstMs + HOUR_MS + 1000, policy)).toBeUndefined();
  });
});
