import type { MemoryState } from '../../../shared/law/state.ts';
import { takeIn } from '../../../shared/law/telling/intake.ts';
import type { Cell, Window } from '../../../shared/telemetry/window.ts';
import { stateOf } from '../../support/builders/law-input.ts';
import { cell, logWindow, minuteWindow } from '../../support/builders/window-sketch.ts';

const NOW = 1_000_000;
const BLIND_AFTER_MS = 120_000;

const take = (windows: readonly Window[], memory: Partial<MemoryState> = {}) =>
  takeIn(windows, { ...stateOf().memory, ...memory }, NOW, BLIND_AFTER_MS);

const log = (startMs: number) => logWindow(startMs, { premium: { requests: 100 } });
const minute = (startMs: number) => minuteWindow(startMs, { requests: 600 });

test('windows are taken oldest first', () => {
  expect(take([log(30_000), log(10_000), log(20_000)])).toEqual({
    windows: [log(10_000), log(20_000), log(30_000)],
    rejected: [],
  });
});

test('a window without a beginning is refused alone; the others are put in order', () => {
  const { windows, rejected } = take([log(30_000), log(Number.NaN), log(10_000)]);
  expect(windows).toEqual([log(10_000), log(30_000)]);
  expect(rejected).toHaveLength(1);
});

describe('a window is seen once', () => {
  test('one that begins before what was seen already is refused', () => {
    const { windows, rejected } = take([log(19_999), log(20_000)], { lastWindowEndMs: 20_000 });
    expect(windows).toEqual([log(20_000)]);
    expect(rejected).toEqual(['a window that was seen before']);
  });

  test('one that overlaps another of the same tick is refused', () => {
    const { windows, rejected } = take([log(20_000), log(20_000), log(29_999), log(30_000)]);
    expect(windows).toEqual([log(20_000), log(30_000)]);
    expect(rejected).toHaveLength(2);
  });
});

describe('minutes are heard', () => {
  test.each([
    ['when the log has been silent for long enough', NOW - BLIND_AFTER_MS - 1, 1],
    ['not sooner', NOW - BLIND_AFTER_MS, 0],
  ])('%s', (_, lastLogEndMs, heard) => {
    const { windows, rejected } = take([minute(600_000)], { lastLogEndMs });
    expect(windows).toHaveLength(heard);
    expect(rejected).toEqual([]);
  });

  test('not when the log speaks again', () => {
    expect(take([minute(600_000), log(700_000)]).windows).toEqual([log(700_000)]);
  });

  test('when all that the log says is beyond belief', () => {
    const doubtful = { ...log(700_000), doubt: 'the log lacks lines' };
    expect(take([minute(600_000), doubtful])).toEqual({
      windows: [minute(600_000)],
      rejected: ['the log lacks lines'],
    });
  });
});

describe('a window is refused with a reason', () => {
  test.each([
    ['that ends more than a minute ahead', log(NOW + 50_001), 'a window from the future'],
    ['without a length', { ...log(10_000), lengthMs: 0 }, 'a window without a length'],
    ['of a negative length', { ...log(10_000), lengthMs: -1 }, 'a window without a length'],
    ['of no finite length', { ...log(10_000), lengthMs: Number.POSITIVE_INFINITY }, 'a window without a length'],
    ['that begins at no time', { ...log(10_000), startMs: Number.NaN }, 'a window without a length'],
  ])('%s', (_, window, reason) => {
    expect(take([window])).toEqual({ windows: [], rejected: [reason] });
  });

  test('a clock that is a minute ahead is believed', () => {
    expect(take([log(NOW + 50_000)]).windows).toHaveLength(1);
  });

  const counts = cell({ requests: 1000, latencyMs: 200 });
  const withCell = (change: Partial<Cell>): Window => ({
    ...log(10_000),
    cells: { premium: { '/data/GET': counts, '/orders/POST': { ...counts, ...change } } },
  });

  test.each<[string, Partial<Cell>]>([
    ['requests', { requests: -1 }],
    ['throttled', { throttled: -1 }],
    ['refused by quota', { quotaExceeded: -1 }],
    ['refused by the gateway', { refused: -1 }],
    ['server errors', { serverErrors: -1 }],
    ['answers by latency', { latency: [5, -1] }],
    ['requests without end', { requests: Number.POSITIVE_INFINITY }],
    ['errors that are no number', { serverErrors: Number.NaN }],
  ])('counts that cannot be: %s', (_, change) => {
    const { windows, rejected } = take([withCell(change)]);
    expect({ windows, rejected }).toEqual({ windows: [], rejected: ['a window whose counts contradict each other'] });
  });

  // Estimates are rounded: 1,000 requests may be 1,002 refusals, a part in a thousand and one more.
  test.each<[string, Partial<Cell>, number]>([
    ['no more than rounding', { throttled: 1000, quotaExceeded: 1, refused: 0.9 }, 1],
    ['throttled, beyond rounding', { throttled: 1003 }, 0],
    ['by a quota, beyond rounding', { throttled: 500, quotaExceeded: 503 }, 0],
    ['by the gateway, beyond rounding', { throttled: 500, refused: 503 }, 0],
    ['one, of nothing', { requests: 0, throttled: 1, latency: [] }, 1],
    ['nothing at all, of nothing', { requests: 0, latency: [] }, 1],
  ])('more refused than asked for: %s', (_, change, believed) => {
    expect(take([withCell(change)]).windows).toHaveLength(believed);
  });
});
