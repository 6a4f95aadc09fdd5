import fc from 'fast-check';
import { parseAccessLine } from '../../../shared/telemetry/access-log.ts';
import { aggregate, readBatch } from '../../../shared/telemetry/aggregate.ts';
import { closedWindows } from '../../../shared/telemetry/watermark.ts';
import { type Cell, LATENCY_BOUNDS_MS, type Window } from '../../../shared/telemetry/window.ts';
import { decodeWindow, encodeWindow } from '../../../shared/telemetry/window-codec.ts';
import { emptyWindow, mergeParts } from '../../../shared/telemetry/windows.ts';

const T0 = Date.UTC(2031, 0, 1);
const count = fc.nat({ max: 1e9 });
const name = fc.stringMatching(/^[a-z/]{1,8}$/);
const cell: fc.Arbitrary<Cell> = fc.record({
  requests: count,
  throttled: count,
  quotaExceeded: count,
  refused: count,
  serverErrors: count,
  slow: count,
  latency: fc.array(count, { minLength: LATENCY_BOUNDS_MS.length, maxLength: LATENCY_BOUNDS_MS.length }),
});
const key = fc.record({
  tier: name,
  requests: fc.dictionary(name, count, { noNullPrototype: true }),
  throttled: count,
});
const window: fc.Arbitrary<Window> = fc
  .record({
    cells: fc.dictionary(name, fc.dictionary(name, cell, { noNullPrototype: true }), { noNullPrototype: true }),
    keys: fc.dictionary(name, key, { noNullPrototype: true, maxKeys: 10 }),
    lagMs: count,
  })
  .map((parts) => ({ ...emptyWindow(T0), ...parts }));

test('a window comes back from its text as it was', () => {
  fc.assert(fc.property(window, (original) => expect(decodeWindow(encodeWindow(original))).toEqual(original)));
});

test('no text at all makes the decoder or the line parser throw', () => {
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc.json().map((json) => `{"version":2,"cells":${json}}`),
  );
  fc.assert(
    fc.property(text, (anything) => {
      decodeWindow(anything);
      parseAccessLine(anything);
    }),
  );
});

test('parts add up to the same window in whatever order they arrive', () => {
  const parts = fc.array(window, { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(parts, (some) => {
      const total = (windows: readonly Window[]) =>
        windows.flatMap(({ cells }) => Object.values(cells).flatMap((cells) => Object.values(cells)));
      const sum = (cells: readonly Cell[]) => cells.reduce((requests, each) => requests + each.requests, 0);
      const merged = mergeParts(some);
      expect(sum(total([merged]))).toBe(sum(total(some)));
      const reversed = mergeParts([...some].reverse());
      expect(sortedCells(reversed)).toEqual(sortedCells(merged));
    }),
  );
});

function sortedCells({ cells }: Window) {
  return Object.entries(cells)
    .flatMap(([tier, methods]) =>
      Object.entries(methods).map(([method, each]) => ({ name: `${tier} ${method}`, each })),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

test('every line is counted once: in a cell or as poisoned, never both, however a batch is cut', () => {
  const status = fc.constantFrom('200', '429', '500', '403', 'x');
  const entries = fc.array(fc.record({ status, offset: fc.integer({ min: 0, max: 60_000 }) }), { maxLength: 50 });
  fc.assert(
    fc.property(entries, (some) => {
      const events = some.map(({ status, offset }) => ({
        timestamp: T0 + offset,
        message: JSON.stringify({ apiId: 'a1', stage: 'dev', resourcePath: '/data', httpMethod: 'GET', status }),
      }));
      const directories = new Map([['a1/dev', { tierOf: new Map(), slowMs: 500 }]]);
      const { apis, poisonedLines } = aggregate(events, readBatch(events).records, directories, T0 + 60_000);
      const windows = apis.flatMap((api) => api.windows);
      const counted = windows.reduce((sum, { cells }) => sum + (cells.unknown?.['/data/GET']?.requests ?? 0), 0);
      expect(counted + poisonedLines).toBe(events.length);
    }),
  );
});

test('a tick never sees a window twice, and sees them in order, however the parts arrive', () => {
  const arrival = fc.record({ index: fc.nat({ max: 20 }), lagMs: fc.nat({ max: 60_000 }) });
  fc.assert(
    fc.property(fc.array(arrival, { maxLength: 60 }), (arrivals) => {
      const parts = arrivals
        .map(({ index, lagMs }) => ({ ...emptyWindow(T0 + index * 10_000), lagMs }))
        .map((part) => ({ part, atMs: part.startMs + 10_000 + part.lagMs }));
      let afterMs = T0 - 10_000;
      const seen: number[] = [];
      for (let now = T0; now < T0 + 400_000; now += 7_000) {
        const arrived = parts.filter(({ atMs }) => atMs <= now).map(({ part }) => part);
        const closed = closedWindows(arrived, afterMs, now).map(({ startMs }) => startMs);
        seen.push(...closed);
        afterMs = closed.at(-1) ?? afterMs;
      }
      expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
    }),
  );
});
