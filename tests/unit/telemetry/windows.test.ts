import type { PublishMetrics } from '../../../shared/platform/metrics.ts';
import { aggregate, type Directory, readBatch } from '../../../shared/telemetry/aggregate.ts';
import { lookReason, publishAddition, quantileMs } from '../../../shared/telemetry/emf.ts';
import { closedWindows, lagAllowanceMs } from '../../../shared/telemetry/watermark.ts';
import type { Window } from '../../../shared/telemetry/window.ts';
import { decodeWindow, encodeWindow } from '../../../shared/telemetry/window-codec.ts';
import { emptyCell, emptyWindow, mergeParts } from '../../../shared/telemetry/windows.ts';
import { line, THROTTLED } from './lines.ts';

const T0 = Date.UTC(2031, 0, 1);
const API = 'abc123def4/dev';
const API_STAGE = { apiId: 'abc123def4', stage: 'dev' };
const directory: Directory = { tierOf: new Map([['key1', 'premium']]), slowMs: 500 };

function count(events: { timestamp: number; message: string }[], now = T0 + 5_000) {
  return aggregate(events, readBatch(events).records, new Map([[API, directory]]), now);
}

describe('a batch', () => {
  test('is counted by event time, tier, method and outcome', () => {
    const { apis, poisonedLines } = count([
      { timestamp: T0 + 1, message: line({}) },
      { timestamp: T0 + 9_999, message: line({ integrationLatency: '501' }) },
      { timestamp: T0 + 10_000, message: line(THROTTLED) },
      { timestamp: T0 + 10_001, message: line({ apiKeyId: 'stranger', status: '502' }) },
      { timestamp: T0 + 10_002, message: line({ ...THROTTLED, status: '403', errorType: 'X', apiKeyId: '-' }) },
      { timestamp: T0 + 2, message: 'poison' },
    ]);
    expect(poisonedLines).toBe(1);
    expect(apis).toHaveLength(1);
    const [first, second] = apis[0]?.windows ?? [];
    expect(first).toMatchObject({ startMs: T0, lengthMs: 10_000, source: 'logs', lagMs: 4_999 });
    expect(first?.cells.premium?.['/data/GET']).toMatchObject({ requests: 2, slow: 1, throttled: 0 });
    expect(first?.cells.premium?.['/data/GET']?.latency.reduce((a, b) => a + b)).toBe(2);
    expect(first?.keys).toEqual({ key1: { tier: 'premium', requests: { '/data/GET': 2 }, throttled: 0 } });
    expect(second?.cells.premium?.['/data/GET']).toMatchObject({ requests: 1, throttled: 1 });
    expect(second?.cells.unknown?.['/data/GET']).toMatchObject({ requests: 2, serverErrors: 1, refused: 1 });
    expect(Object.keys(second?.keys ?? {})).toEqual(['key1', 'stranger']);
    expect(second?.lagMs).toBe(0);
  });

  test('leaves out lines that claim to be of another day', () => {
    const events = [T0 - 3_600_000, T0 + 3_600_000, Number.NaN].map((timestamp) => ({ timestamp, message: line({}) }));
    expect(count(events)).toEqual({ apis: [], poisonedLines: 3 });
  });

  test('names the 50 busiest keys; the rest is in the cells alone', () => {
    const events = Array.from({ length: 60 }, (_, key) =>
      Array.from({ length: key + 1 }, () => ({ timestamp: T0, message: line({ apiKeyId: `k${key}` }) })),
    ).flat();
    const window = count(events).apis[0]?.windows[0];
    expect(Object.keys(window?.keys ?? {})).toHaveLength(50);
    expect(window?.keys.k9).toBeUndefined();
    expect(window?.keys.k10?.requests['/data/GET']).toBe(11);
    expect(window?.cells.unknown?.['/data/GET']?.requests).toBe(events.length);
  });

  test('cannot touch the prototype of anything', () => {
    const window = count([{ timestamp: T0, message: line({ apiKeyId: '__proto__', resourcePath: '/__proto__' }) }]);
    expect(window.apis[0]?.windows[0]?.cells.unknown?.['/__proto__/GET']?.requests).toBe(1);
    expect(({} as Record<string, unknown>).requests).toBeUndefined();
  });
});

describe('the stored text of a window', () => {
  const window = count([
    { timestamp: T0, message: line({}) },
    { timestamp: T0, message: line({ ...THROTTLED, resourcePath: '/orders', httpMethod: 'POST' }) },
  ]).apis[0]?.windows[0] as Window;

  test('comes back as it was', () => {
    expect(decodeWindow(encodeWindow(window))).toEqual(window);
    expect(encodeWindow(window).length).toBeLessThan(250);
  });

  test.each([
    '',
    'null',
    '{}',
    encodeWindow(window).replace('"version":2', '"version":1'),
    encodeWindow(window).replace('[1,', '[-1,'),
    encodeWindow(window).replace('[1,', '["1",'),
    JSON.stringify({ version: 2, startMs: 0, lagMs: 0, cells: { a: { b: [1, 0, 0, 0, 0, 0, 999, 1] } }, keys: {} }),
  ])('of another form is no evidence: %s', (text) => {
    expect(decodeWindow(text)).toBeUndefined();
  });
});

describe('merging parts', () => {
  test('adds counts and histograms and takes the largest lag', () => {
    const part = (requests: number, lagMs: number): Window => ({
      ...emptyWindow(T0),
      cells: { premium: { m: { ...emptyCell(), requests, latency: [requests, ...emptyCell().latency.slice(1)] } } },
      keys: { key1: { tier: 'premium', requests: { m: requests }, throttled: 1 } },
      lagMs,
    });
    const merged = mergeParts([part(2, 5), part(3, 9), { ...emptyWindow(T0), cells: { basic: { m: emptyCell() } } }]);
    expect(merged.cells.premium?.m).toMatchObject({ requests: 5 });
    expect(merged.cells.premium?.m?.latency[0]).toBe(5);
    expect(Object.keys(merged.cells)).toEqual(['premium', 'basic']);
    expect(merged.keys.key1).toEqual({ tier: 'premium', requests: { m: 5 }, throttled: 2 });
    expect(merged.lagMs).toBe(9);
  });
});

describe('the watermark', () => {
  const part = (startMs: number, lagMs: number): Window => ({ ...emptyWindow(startMs), lagMs });

  test('waits as long as nine parts in ten took, within bounds', () => {
    expect(lagAllowanceMs([])).toBe(10_000);
    expect(lagAllowanceMs([part(T0, 1_000)])).toBe(10_000);
    const lags = [...Array.from({ length: 9 }, () => 20_000), 600_000];
    expect(lagAllowanceMs(lags.map((lag) => part(T0, lag)))).toBe(20_000);
    expect(lagAllowanceMs([part(T0, 600_000)])).toBe(45_000);
  });

  test('closes a window once its end and the allowance have passed, never before', () => {
    const parts = [part(T0, 12_000), part(T0, 1_000), part(T0 + 10_000, 12_000)];
    expect(closedWindows(parts, 0, T0 + 21_999)).toEqual([]);
    expect(closedWindows(parts, 0, T0 + 22_000).map((window) => window.startMs)).toEqual([T0]);
    expect(closedWindows(parts, 0, T0 + 32_000)).toHaveLength(2);
    expect(closedWindows(parts, T0, T0 + 32_000).map((window) => window.startMs)).toEqual([T0 + 10_000]);
  });

  test('closes a window that four later ones have superseded, however late the log is', () => {
    const parts = [0, 1, 2, 3, 4].map((index) => part(T0 + index * 10_000, 45_000));
    expect(closedWindows(parts, 0, T0 + 50_000).map((window) => window.startMs)).toEqual([T0]);
  });

  describe('with log streams, which deliver in order', () => {
    const events = (startMs: number, requests: number) =>
      Array.from({ length: requests }, (_, index) => ({ timestamp: startMs + index, message: line({}) }));
    const from = (stream: string, startMs: number, requests: number): Window[] => {
      const batch = events(startMs, requests);
      const directories = new Map([[API, directory]]);
      const { apis } = aggregate(batch, readBatch(batch).records, directories, startMs + 12_000, stream);
      return apis.flatMap(({ windows }) => windows);
    };
    const requestsIn = (window: Window | undefined) => window?.cells.premium?.['/data/GET']?.requests;

    test('a window is whole as soon as every stream has delivered something later', () => {
      const first = [...from('a', T0, 20), ...from('b', T0, 10)];
      expect(closedWindows([...first, ...from('a', T0 + 10_000, 20)], 0, T0 + 13_000)).toHaveLength(0);
      const later = [...first, ...from('a', T0 + 10_000, 20), ...from('b', T0 + 10_000, 10)];
      expect(closedWindows(later, 0, T0 + 13_000).map(requestsIn)).toEqual([30]);
    });

    test('when most of the lines usually come by the streams that have passed, the rest is estimated', () => {
      const whole = [0, 10_000].flatMap((ms) => [...from('a', T0 + ms, 20), ...from('b', T0 + ms, 10)]);
      const parts = [...whole, ...from('a', T0 + 20_000, 40)];
      const closed = closedWindows(parts, T0, T0 + 25_000);
      expect(closed.map((window) => window.startMs)).toEqual([T0 + 10_000]);
      // The smaller stream alone is not enough.
      const behind = [...whole, ...from('b', T0 + 20_000, 40)];
      expect(closedWindows(behind, T0, T0 + 21_000)).toHaveLength(0);
      expect(closedWindows(behind, T0, T0 + 60_000).map(requestsIn)).toEqual([30]);
    });

    test('a stream that has stopped is not waited for for ever', () => {
      const parts = [...from('a', T0, 20), ...from('b', T0 + 150_000, 10), ...from('b', T0 + 160_000, 10)];
      expect(closedWindows(parts, T0 + 140_000, T0 + 163_000).map(requestsIn)).toEqual([10]);
    });

    test('what a stream has delivered survives storage', () => {
      const [part] = from('a', T0, 2);
      expect(part?.streams).toEqual({ a: T0 + 1 });
      expect(part && decodeWindow(encodeWindow(part))).toEqual(part);
    });
  });

  test('fills silence between windows as idle, but not silence after the last, nor a long gap', () => {
    const parts = [part(T0, 0), part(T0 + 40_000, 0)];
    const closed = closedWindows(parts, T0 - 10_000, T0 + 90_000);
    expect(closed.map((window) => window.startMs - T0)).toEqual([0, 10_000, 20_000, 30_000, 40_000]);
    expect(closed[1]?.cells).toEqual({});
    expect(closedWindows([part(T0, 0), part(T0 + 3_600_000, 0)], 0, T0 + 4_000_000)).toHaveLength(2);
  });
});

describe('what a batch publishes', () => {
  const published: Parameters<PublishMetrics>[] = [];
  beforeEach(() => published.splice(0));

  test('is one set of values per minute and tier, stamped with the minute of the events', () => {
    const events = [
      { timestamp: T0 + 1, message: line({}) },
      { timestamp: T0 + 2, message: line(THROTTLED) },
      { timestamp: T0 + 60_000, message: line({ apiKeyId: 'x', status: '500' }) },
    ];
    publishAddition(
      API_STAGE,
      count(events, T0 + 65_000).apis[0]?.windows ?? [],
      (...entry) => void published.push(entry),
    );
    expect(published).toEqual([
      [
        { Api: 'abc123def4', Stage: 'dev', Tier: 'premium' },
        [
          { name: 'Requests', unit: 'Count', values: [2] },
          { name: 'ThrottleCount', unit: 'Count', values: [1] },
          { name: 'QuotaExceededCount', unit: 'Count', values: [0] },
          { name: 'ServerErrorCount', unit: 'Count', values: [0] },
          { name: 'BackendLatency', unit: 'Milliseconds', values: [200] },
        ],
        T0,
      ],
      [{ Api: 'abc123def4', Stage: 'dev' }, [{ name: 'LoggedRequests', unit: 'Count', values: [2] }], T0],
      [expect.objectContaining({ Tier: 'unknown' }), expect.arrayContaining([]), T0 + 60_000],
      [{ Api: 'abc123def4', Stage: 'dev' }, [{ name: 'LoggedRequests', unit: 'Count', values: [1] }], T0 + 60_000],
      [{ Api: 'abc123def4', Stage: 'dev' }, [{ name: 'LogLagMs', unit: 'Milliseconds', values: [64_999] }]],
    ]);
  });

  test('never has more than ten latencies, spread over the histogram', () => {
    const fast = Array.from({ length: 900 }, () => ({ timestamp: T0, message: line({ integrationLatency: '100' }) }));
    const late = Array.from({ length: 100 }, () => ({ timestamp: T0, message: line({ integrationLatency: '4000' }) }));
    publishAddition(
      API_STAGE,
      count([...fast, ...late]).apis[0]?.windows ?? [],
      (...entry) => void published.push(entry),
    );
    const latency = published[0]?.[1].find(({ name }) => name === 'BackendLatency');
    expect(latency?.values).toEqual([...Array.from({ length: 9 }, () => 100), 4_000]);
  });

  test('quantiles of an empty histogram are zero', () => {
    expect(quantileMs(emptyCell().latency, 0.9)).toBe(0);
  });
});

describe('a reason to look now', () => {
  const reasonFor = (fields: Parameters<typeof line>[0][]) =>
    lookReason(API_STAGE, count(fields.map((each) => ({ timestamp: T0, message: line(each) }))).apis[0]?.windows ?? []);

  test('is any throttle of ours, and more than a hundredth of errors or slow answers', () => {
    const hundred = Array.from({ length: 100 }, () => ({}));
    expect(reasonFor(hundred)).toBeUndefined();
    expect(reasonFor([...hundred, THROTTLED])).toContain('1 throttled');
    expect(reasonFor([...hundred, { status: '500' }])).toBeUndefined();
    expect(reasonFor([...hundred, { status: '500' }, { status: '500' }])).toContain('2 server errors');
    expect(reasonFor([{ integrationLatency: '900' }])).toContain('1 slow answers');
  });

  test('does not count answers of a cache as work that went well', () => {
    const cached = { integrationLatency: '-', integrationStatus: '-', backendStatus: '-' };
    const hundred = Array.from({ length: 100 }, () => cached);
    expect(reasonFor([...hundred, { status: '500' }])).toContain('1 server errors of 101');
  });

  test('is not a spent quota: that is commerce', () => {
    expect(reasonFor([{ ...THROTTLED, errorType: 'QUOTA_EXCEEDED' }])).toBeUndefined();
  });
});
