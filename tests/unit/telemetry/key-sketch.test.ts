import { isSketch, keysIn, mergeSketches, sketchOf } from '../../../shared/telemetry/key-sketch.ts';
import type { KeyCounts, Window } from '../../../shared/telemetry/window.ts';
import { decodeWindow, encodeWindow } from '../../../shared/telemetry/window-codec.ts';
import { emptyWindow, keysOf, mergeParts, TOP_KEYS } from '../../../shared/telemetry/windows.ts';

const keyIds = (count: number, prefix = 'key') => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

describe('a sketch of keys', () => {
  test.each([0, 1, 10, 60, 500, 2000, 10_000])('counts %d different keys to within three standard errors', (count) => {
    expect(Math.abs(keysIn(sketchOf(keyIds(count))) - count)).toBeLessThanOrEqual(0.2 * count);
  });

  test('counts them on average as many as they are', () => {
    const draws = Array.from({ length: 40 }, (_, draw) => keysIn(sketchOf(keyIds(1000, `${draw}/`))));
    const mean = draws.reduce((sum, keys) => sum + keys, 0) / draws.length;
    // 6.5 % over the root of 40 draws is 1 %.
    expect(Math.abs(mean / 1000 - 1)).toBeLessThan(0.03);
  });

  test('takes no notice of a key seen twice, nor of the order', () => {
    const [left, right] = [sketchOf(keyIds(300)), sketchOf(keyIds(200, 'other'))];
    const all = sketchOf([...keyIds(200, 'other'), ...keyIds(300), ...keyIds(300)]);
    expect(mergeSketches([left, right, left])).toBe(all);
    expect(mergeSketches([right, left])).toBe(all);
    expect(mergeSketches([])).toBe(sketchOf([]));
  });

  test('is a text of one form', () => {
    expect(isSketch(sketchOf(keyIds(100_000)))).toBe(true);
    for (const other of ['', 'x', undefined, sketchOf([]).slice(1), `${sketchOf([]).slice(1)}q`, `${sketchOf([])}0`])
      expect(isSketch(other)).toBe(false);
  });
});

describe('the keys of a window', () => {
  const counts = (tier: string, requests: number): KeyCounts => ({ tier, requests: { m: requests }, throttled: 0 });
  const keysWith = (tier: string, ids: readonly string[], requests = 1) =>
    new Map(ids.map((keyId) => [keyId, counts(tier, requests)]));
  const part = (keys: ReadonlyMap<string, KeyCounts>): Window => ({ ...emptyWindow(0), ...keysOf(keys) });

  test('are all named while they are few, and nothing is sketched', () => {
    expect(Object.keys(part(keysWith('basic', keyIds(TOP_KEYS))))).not.toContain('sketches');
  });

  test('are sketched tier by tier where there are more than are named', () => {
    const busy = keysWith('premium', keyIds(10, 'p'), 9);
    const window = part(new Map([...busy, ...keysWith('basic', keyIds(400))]));
    expect(Object.keys(window.keys)).toHaveLength(TOP_KEYS);
    expect(window.sketches).toEqual({ basic: sketchOf(keyIds(400)) });
  });

  test('add up over parts: a key in several is one, and a part that named all of its keys is counted with them', () => {
    const [early, late] = [keyIds(400).slice(0, 250), keyIds(400).slice(150, 390)];
    const named = keyIds(400).slice(390);
    const parts = [early, late, named].map((ids) => part(keysWith('basic', ids)));
    expect(parts[2]?.sketches).toBeUndefined();
    expect(mergeParts(parts).sketches).toEqual({ basic: sketchOf(keyIds(400)) });
    expect(mergeParts([...parts].reverse()).sketches).toEqual(mergeParts(parts).sketches);
  });

  test('are sketched when only their sum is more than are named', () => {
    const parts = [keyIds(40, 'a'), keyIds(40, 'b')].map((ids) => part(keysWith('basic', ids)));
    expect(mergeParts(parts).sketches).toEqual({ basic: sketchOf([...keyIds(40, 'a'), ...keyIds(40, 'b')]) });
  });

  test('come back from the stored text; what is no sketch makes it no evidence', () => {
    const window = part(keysWith('basic', keyIds(400)));
    expect(decodeWindow(encodeWindow(window))).toEqual(window);
    const broken = encodeWindow({ ...window, sketches: { basic: 'x' } });
    expect(decodeWindow(broken)).toBeUndefined();
  });
});
