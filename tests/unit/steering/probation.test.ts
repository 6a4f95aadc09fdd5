import fc from 'fast-check';
import { type Policy, policySchema } from '../../../shared/policy/schema/policy-schema.ts';
import { type BakeInput, judgeBake } from '../../../shared/steering/judge-probation.ts';
import { LATENCY_BOUNDS_MS, type Window } from '../../../shared/telemetry/window.ts';
import { emptyCell, emptyWindow } from '../../../shared/telemetry/windows.ts';

const ARRIVED = 1_000_000_000;
const WINDOW_MS = 10_000;
const policy = (document: object = {}): Policy => policySchema.parse({ api: 'a/b', ...document });

type Kind = 'fast' | 'slow' | 'erring' | 'thin' | 'idle';

/** A window of a hundred answers: within the objective, later than it, or a tenth of them failed. */
function windowOf(kind: Kind, startMs: number): Window {
  const empty = emptyWindow(startMs);
  if (kind === 'idle') return empty;
  const requests = kind === 'thin' ? 5 : 100;
  const bucket = LATENCY_BOUNDS_MS.indexOf(kind === 'slow' || kind === 'thin' ? 2000 : 100);
  const latency = LATENCY_BOUNDS_MS.map((_, index) => (index === bucket ? requests : 0));
  const cell = { ...emptyCell(), requests, serverErrors: kind === 'erring' ? 10 : 0, latency };
  return { ...empty, cells: { basic: { '/data/GET': cell } } };
}

/** Windows one after the other, the last of `earlier` ending as the version arrives. */
function timeline(earlier: readonly Kind[], later: readonly Kind[]): Window[] {
  const startMs = ARRIVED - earlier.length * WINDOW_MS;
  return [...earlier, ...later].map((kind, index) => windowOf(kind, startMs + index * WINDOW_MS));
}

const times = (count: number, kind: Kind): Kind[] => new Array<Kind>(count).fill(kind);
const CALM = times(60, 'fast');

function bake(earlier: readonly Kind[], later: readonly Kind[], more: Partial<BakeInput> = {}) {
  const now = ARRIVED + later.length * WINDOW_MS;
  return judgeBake({
    windows: timeline(earlier, later),
    arrivedMs: ARRIVED,
    before: policy(),
    after: policy(),
    now,
    ...more,
  });
}

test('a calm of ten minutes, then a violation for half a minute: taken back, with the figures', () => {
  expect(bake(CALM, [...times(3, 'fast'), ...times(3, 'slow')])).toEqual({
    kind: 'violated',
    why: expect.stringMatching(
      /^the objective had held for 600 s before .* violated for 30 s in a row from 30 s after it on \(p90 \d+ ms against 500 ms\)\.$/,
    ),
  });
  expect(bake(CALM, times(3, 'erring'))).toMatchObject({ why: expect.stringContaining('(10 % errors against 5 %)') });
});

test.each<[string, readonly Kind[], readonly Kind[]]>([
  ['one bad window', CALM, [...times(9, 'fast'), 'slow']],
  ['bad windows that do not follow each other', CALM, ['slow', 'slow', 'fast', 'slow', 'slow', 'fast']],
  ['too few answers to say', CALM, times(6, 'thin')],
  ['an incident that had begun before, seen or not', [...times(59, 'fast'), 'slow'], times(6, 'slow')],
  [
    'an incident five minutes before',
    [...times(20, 'fast'), ...times(4, 'slow'), ...times(36, 'fast')],
    times(6, 'slow'),
  ],
  ['a calm that nobody saw', times(30, 'fast'), times(6, 'slow')],
  ['no telemetry at all', [], []],
])('%s takes nothing back', (_, earlier, later) => {
  expect(bake(earlier, later)).toEqual({ kind: 'watching' });
});

test('idle is calm', () => {
  expect(bake(times(60, 'idle'), times(3, 'slow')).kind).toBe('violated');
});

test('an edit that only loosens, or only tightens, the objective is no harm by itself', () => {
  const loose = policy({ objective: { latencyMs: 5000 } });
  const strict = policy({ objective: { latencyMs: 50 } });
  expect(bake(CALM, times(6, 'slow'), { after: loose }).kind).toBe('watching');
  expect(bake(CALM, times(6, 'fast'), { after: strict }).kind).toBe('watching');
  expect(bake(CALM, times(6, 'slow'), { after: strict }).kind).toBe('violated');
});

test('after its time, and the time that windows take, nothing is taken back any more', () => {
  const after = policy({ rollback: { bakeSeconds: 60 } });
  const late = [...times(6, 'fast'), ...times(20, 'slow')] as const;
  expect(bake(CALM, late, { after, now: ARRIVED + 180_000 })).toEqual({ kind: 'watching' });
  expect(bake(CALM, late, { after, now: ARRIVED + 180_001 })).toEqual({ kind: 'over' });
});

test('a gap in telemetry does not join two violations to one', () => {
  const [first, second] = [windowOf('slow', ARRIVED), windowOf('slow', ARRIVED + 10_000)];
  const windows = [...timeline(CALM, []), first, second, windowOf('slow', ARRIVED + 60_000)];
  expect(bake(CALM, [], { windows, now: ARRIVED + 70_000 }).kind).toBe('watching');
});

test('nothing is taken back that had no calm before it, nor while nothing was violated after it', () => {
  const kinds = fc.array(fc.constantFrom<Kind>('fast', 'slow', 'erring', 'thin', 'idle'), { maxLength: 70 });
  fc.assert(
    fc.property(kinds, kinds, (earlier, later) => {
      const isBad = (kind: Kind) => kind === 'slow' || kind === 'erring';
      if (bake(earlier, later).kind !== 'violated') return;
      expect(earlier.length).toBeGreaterThanOrEqual(48);
      expect(isBad(earlier.at(-1) ?? 'slow')).toBe(false);
      expect(later.filter(isBad).length).toBeGreaterThanOrEqual(3);
    }),
  );
});

test('an arrival in the future, or none at all, ends the probation: nothing may watch for ever', () => {
  for (const arrivedMs of [ARRIVED + 3_600_000, Number.NaN]) {
    expect(bake(CALM, [], { arrivedMs, now: ARRIVED })).toEqual({ kind: 'over' });
  }
});
