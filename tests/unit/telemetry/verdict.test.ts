import { heartbeatOf, type MinuteCount, withDoubts } from '../../../shared/telemetry/verdict.ts';
import { emptyWindow } from '../../../shared/telemetry/windows.ts';
import { logWindow } from '../../support/builders/window-sketch.ts';

const MINUTE = 60_000;
const TOLERANCE = { countToleranceShare: 0.25, countToleranceRequests: 30, lateMs: 120_000 };

/** Minutes from 0 on; `[counted, logged]`. */
const minutes = (...counts: [number | undefined, number][]): MinuteCount[] =>
  counts.map(([counted, logged], index) => ({ startMs: index * MINUTE, counted, logged }));
const beat = (logEndMs: number, ...counts: [number | undefined, number][]) =>
  heartbeatOf(minutes(...counts), logEndMs, TOLERANCE);

describe('the heartbeat', () => {
  test('is idle while AWS counts nothing after the end of the log', () => {
    expect(beat(0, [0, 0], [0, 0], [undefined, 0])).toEqual({ kind: 'idle', accountedUntilMs: 2 * MINUTE });
  });

  test('is traffic from the first request on that the log does not show', () => {
    expect(beat(0, [0, 0], [4, 0], [9, 0], [undefined, 0])).toEqual({ kind: 'traffic', accountedUntilMs: MINUTE });
    expect(beat(MINUTE, [9, 9], [7, 0], [9, 0])).toEqual({ kind: 'traffic', accountedUntilMs: MINUTE });
  });

  test('is unknown where AWS has not said anything of the time since the end of the log', () => {
    expect(beat(2 * MINUTE + 10_000, [900, 900], [900, 900], [900, 150], [undefined, 0])).toEqual({
      kind: 'unknown',
      accountedUntilMs: 2 * MINUTE + 10_000,
    });
    expect(beat(5_000)).toEqual({ kind: 'unknown', accountedUntilMs: 5_000 });
  });

  test('is traffic while the log speaks, but lacks lines: since the first such minute', () => {
    const counts: [number, number][] = [
      [900, 880],
      [900, 300],
      [900, 310],
      [900, 290],
      [900, 300],
    ];
    expect(beat(5 * MINUTE, ...counts)).toEqual({ kind: 'traffic', accountedUntilMs: MINUTE });
  });
});

describe('a window', () => {
  const log = logWindow(4 * MINUTE, { premium: { requests: 100 } });
  const doubtOf = (window: typeof log, ...counts: [number | undefined, number][]) =>
    withDoubts([window], minutes(...counts), TOLERANCE)[0]?.doubt;
  const calm: [number, number][] = [
    [600, 600],
    [600, 590],
    [600, 610],
  ];

  test('is trustworthy while log and count agree, or nobody has counted', () => {
    expect(doubtOf(log, ...calm)).toBeUndefined();
    expect(doubtOf(log)).toBeUndefined();
    expect(doubtOf(log, [undefined, 0], [undefined, 0], [undefined, 0])).toBeUndefined();
  });

  test.each<[string, [number, number][]]>([
    [
      'missing lines',
      [
        [600, 300],
        [600, 300],
        [600, 300],
      ],
    ],
    [
      'lines that came twice',
      [
        [600, 1200],
        [600, 1200],
        [600, 1200],
      ],
    ],
  ])('is doubted over %s', (_, counts) => {
    expect(doubtOf(log, ...counts)).toMatch(/^the log shows \d+ requests of a minute, AWS counted 600$/);
  });

  test('is believed again with the first minute that agrees', () => {
    expect(doubtOf(log, [600, 300], [600, 300], [600, 300], [600, 600], [600, 600])).toBeUndefined();
  });

  test('is not doubted over a minute that a neighbour explains: answers are logged when they are sent', () => {
    expect(doubtOf(log, [100, 100], [100, 900], [1000, 200], [1000, 1000])).toBeUndefined();
  });

  test('is not doubted over a handful of requests', () => {
    expect(doubtOf(log, [29, 0], [29, 0], [29, 0])).toBeUndefined();
  });

  test('is doubted when its lines came too late', () => {
    expect(doubtOf({ ...log, lagMs: 130_000 }, ...calm)).toBe('the log was 130 s late');
  });

  test('that was filled in as silent is doubted when AWS counted requests the log never showed', () => {
    const gap = emptyWindow(MINUTE);
    const edges: [number | undefined, number][] = [
      [undefined, 0],
      [20, 0],
      [undefined, 0],
    ];
    expect(doubtOf(gap, ...edges)).toBe('the log shows nothing where AWS counted 20 requests a minute');
    expect(doubtOf(gap, [undefined, 0], [20, 15], [undefined, 0])).toBeUndefined();
    expect(doubtOf(gap, [0, 0], [0, 0], [0, 0])).toBeUndefined();
  });

  test('of CloudWatch is not held against itself', () => {
    const minute = emptyWindow(MINUTE, 'metrics', MINUTE);
    expect(doubtOf(minute, [600, 0], [600, 0], [600, 0])).toBeUndefined();
  });
});
