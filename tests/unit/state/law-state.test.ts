import { law } from '../../../shared/law/law.ts';
import { initialState, type LawState } from '../../../shared/law/state.ts';
import { lawStateOf } from '../../../shared/state/items/law-state.ts';
import { inputOf, LIVE } from '../../support/builders/law-input.ts';
import { logWindow } from '../../support/builders/window-sketch.ts';

const NOW = Date.UTC(2031, 0, 1);

/** What the law really leaves behind: at rest, after a surge, in a drain and searching. */
function lived(): LawState[] {
  let state: LawState | undefined;
  const states: LawState[] = [];
  for (let tick = 0; tick < 60; tick++) {
    const now = NOW + tick * 10_000;
    const isSurge = tick > 15 && tick < 45;
    const window = logWindow(now - 20_000, {
      premium: {
        requests: isSurge ? 9000 : 900,
        throttled: isSurge ? 2000 : 0,
        latencyMs: isSurge && tick < 25 ? 4000 : 150,
      },
      basic: { requests: 400, serverErrors: tick % 7 === 0 ? 80 : 0, latencyMs: 200 },
    });
    const known = state && (JSON.parse(JSON.stringify(state)) as LawState);
    ({ state } = law(inputOf({ state: known, windows: [window], now })));
    states.push(state);
  }
  return states;
}

test('whatever the law leaves behind it can go on from', () => {
  const states = lived();
  expect(new Set(states.map(({ lastKind }) => lastKind)).size).toBeGreaterThan(1);
  states.forEach((state, tick) => {
    expect(() => lawStateOf(JSON.parse(JSON.stringify(state)), NOW + tick * 10_000)).not.toThrow();
  });
});

test('without a state there is none', () => {
  expect(lawStateOf(undefined, NOW)).toBeUndefined();
});

const HOSTILE = [undefined, null, 'x', [], {}, -1e12, 1e300, Date.UTC(2099, 0, 1), true];

/** Every place of a value, as a list of names. */
function places(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [[...path]];
  return [[...path], ...Object.entries(value).flatMap(([name, each]) => places(each, [...path, name]))];
}

function replaced(value: unknown, [name, ...rest]: readonly string[], by: unknown): unknown {
  if (name === undefined) return by;
  const record = value as Record<string, unknown>;
  return Array.isArray(record)
    ? record.map((each, index) => (String(index) === name ? replaced(each, rest, by) : each))
    : { ...record, [name]: replaced(record[name], rest, by) };
}

test('a state with a hostile value in any place is refused by name, or is one that the law decides on', () => {
  const sound = lived()[30] ?? initialState(LIVE, NOW, 0.02, 120);
  const now = NOW + 310_000;
  let refused = 0;
  for (const path of places(sound).filter((each) => each.length > 0)) {
    for (const hostile of HOSTILE) {
      const state = JSON.parse(JSON.stringify(replaced(sound, path, hostile))) as unknown;
      let usable: LawState | undefined;
      try {
        usable = lawStateOf(state, now);
      } catch (error) {
        refused++;
        expect((error as Error).message).toMatch(/^[\w.*/ -]+ is not what the law keeps\.$/);
        continue;
      }
      const { desired } = law(
        inputOf({ state: usable, windows: [logWindow(now - 20_000, { premium: { requests: 900 } })], now }),
      );
      for (const { rateRps, burst } of [...Object.values(desired.stage), ...Object.values(desired.tiers)]) {
        expect([path.join('.'), hostile, rateRps > 0 && burst > 0 && Number.isFinite(rateRps + burst)]).toEqual([
          path.join('.'),
          hostile,
          true,
        ]);
      }
    }
  }
  expect(refused).toBeGreaterThan(300);
});
