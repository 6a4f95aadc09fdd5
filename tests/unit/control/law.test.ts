import { readFileSync } from 'node:fs';
import { RULES } from '../../../shared/law/law-rules.ts';
import type { Conclusion } from '../../../shared/law/types.ts';
import { DEPLOYED, HandFedLaw } from '../../support/builders/hand-fed-law.ts';
import { type CellSketch, logWindow, minuteWindow } from '../../support/builders/window-sketch.ts';

const HONEST: Record<string, CellSketch> = { premium: { requests: 5000 }, standard: { requests: 4000 } };

/** Healthy windows from 0 until `untilMs`, one tick each. */
function calmLaw(untilMs = 120_000, policy: object = {}): HandFedLaw {
  const fed = new HandFedLaw(policy);
  fed.tick(0, []);
  for (let start = 0; start < untilMs; start += 10_000) fed.tick(start + 20_000, [logWindow(start, HONEST)]);
  return fed;
}

const slow = (latencyMs: number, serverErrors = 0): Record<string, CellSketch> => ({
  premium: { requests: 5000, latencyMs, serverErrors },
  standard: { requests: 4000, latencyMs, serverErrors },
});

const erring = (load: number, share: number): Record<string, CellSketch> => ({
  premium: { requests: 5000 * load, serverErrors: 5000 * load * share },
  standard: { requests: 4000 * load, serverErrors: 4000 * load * share },
});

test('every rule that the law can name is in the table of docs/control-law.md, and no other', () => {
  const table = readFileSync('docs/control-law.md', 'utf8').split('## Rules')[1] ?? '';
  const documented = [...table.matchAll(/^\| `([a-z-]+)` \|/gm)].map((match) => match[1]);
  expect(documented.sort()).toEqual([...RULES].sort());
});

test('every rule in the list is named somewhere in the law', () => {
  const files = ['blind', 'conclude', 'tracking/cut', 'tracking/fast-errors', 'tracking/growth', 'tracking/tracker'];
  const source = files.map((file) => readFileSync(`shared/law/${file}.ts`, 'utf8')).join('');
  for (const rule of RULES) expect({ rule, isUsed: source.includes(`'${rule}'`) }).toEqual({ rule, isUsed: true });
});

test('the first tick tightens the inherited burst and nothing else', () => {
  const { desired, conclusion } = new HandFedLaw().tick(0, []);
  expect(conclusion).toMatchObject({ kind: 'hold', rule: 'first-look' });
  expect(desired).toEqual({ stage: { '*/*': { rateRps: 2000, burst: 60 } }, tiers: DEPLOYED.tiers });
});

test('after the warm-up the stage stands at 1.3 times what was seen, then nothing moves', () => {
  const fed = calmLaw();
  const rate = fed.input.live.stage['*/*']?.rateRps ?? 0;
  expect(rate).toBeGreaterThan(1160);
  expect(rate).toBeLessThan(1180);
  const before = fed.input.live;
  const { desired, conclusion } = fed.tick(150_000, [logWindow(130_000, HONEST)]);
  expect(desired).toEqual(before);
  expect(conclusion).toMatchObject({ kind: 'hold', verdict: 'trustworthy', rule: 'at-rest' });
});

test('a quota spent is neither demand nor overload', () => {
  const fed = calmLaw();
  const before = fed.input.live;
  const spent = { ...HONEST, basic: { requests: 90_000, quotaExceeded: 90_000 } };
  expect(fed.tick(150_000, [logWindow(130_000, spent)]).desired).toEqual(before);
});

test('a runaway key gets the level that its tier can bear; where shares are kept fair, other tiers keep their baselines', () => {
  const fed = calmLaw(120_000, { demand: { fairFloorShare: 1 } });
  const surge = { premium: { requests: 55_000, throttled: 40_000 }, standard: { requests: 4000, throttled: 1000 } };
  const keys = {
    'premium-1': { tier: 'premium', requests: { '/data/GET': 5000 }, throttled: 2000 },
    runaway: { tier: 'premium', requests: { '/data/GET': 50_000 }, throttled: 38_000 },
    'standard-1': { tier: 'standard', requests: { '/data/GET': 4000 }, throttled: 1000 },
  };
  const { desired, conclusion } = fed.tick(150_000, [logWindow(130_000, surge, keys)]);
  expect(conclusion).toMatchObject({ kind: 'tighten', rule: 'guard-binds' });
  const level = desired.tiers.premium?.rateRps ?? 0;
  expect(conclusion.estimates['waterLevelRps.premium']).toBe(level);
  expect(level).toBeGreaterThan(300);
  expect(level).toBeLessThan(500);
  expect(desired.tiers.premium?.burst).toBe(Math.round(3 * level));
  expect(desired.tiers.standard).toEqual(DEPLOYED.tiers.standard);
});

test('congestion cuts to what was completed, once: in the same round only the drain ends, when its time is over', () => {
  const fed = calmLaw();
  const first = fed.tick(150_000, [logWindow(130_000, slow(900))]);
  expect(first.conclusion).toMatchObject({ kind: 'brake', rule: 'congested-cut' });
  const total = first.state.tracker.totalCups ?? 0;
  // 0.7 s of backlog, and what was added since at the pace of the last window: 2.35 s over an error of 10 s.
  expect(1 - total / (900 * 0.965)).toBeCloseTo(Math.sqrt(2.35 / 10), 2);
  fed.input = { ...fed.input, effective: { stageMs: 160_000, tiersMs: {} } };
  const second = fed.tick(160_000, [logWindow(140_000, slow(1900))]);
  expect(second.conclusion).toMatchObject({ kind: 'relax', rule: 'drain-over' });
  expect(second.state.tracker.bad).toEqual(first.state.tracker.bad);
  const third = fed.tick(170_000, [logWindow(150_000, slow(1900))]);
  expect(third.conclusion).toMatchObject({ kind: 'hold', rule: 'awaiting-effect' });
  expect(third.state.tracker.totalCups).toBe(second.state.tracker.totalCups);
});

test('a healthy window under the cut ends the drain at the good rate', () => {
  const fed = calmLaw();
  fed.tick(150_000, [logWindow(130_000, slow(900))]);
  const { conclusion, state } = fed.tick(190_000, [logWindow(170_000, HONEST)]);
  expect(conclusion).toMatchObject({ kind: 'relax', rule: 'drain-over' });
  expect(state.tracker.totalCups).toBeCloseTo(900 * 0.965, 0);
});

test('a window is never used twice', () => {
  const fed = calmLaw();
  const window = logWindow(130_000, slow(900));
  fed.tick(150_000, [window]);
  const again = fed.tick(400_000, [window]);
  expect(again.conclusion.reason).toContain('seen before');
  expect(again.conclusion.kind).toBe('hold');
});

test('quick errors are tested once, and the cut is taken back when they do not depend on load', () => {
  const fed = calmLaw();
  const test1 = fed.tick(150_000, [logWindow(130_000, erring(1, 0.25))]);
  expect(test1.conclusion).toMatchObject({ kind: 'brake', rule: 'error-test' });
  expect(test1.state.tracker.totalCups).toBeCloseTo(810, 0);
  const back = fed.tick(190_000, [logWindow(170_000, erring(0.9, 0.25))]);
  expect(back.conclusion).toMatchObject({ kind: 'relax', rule: 'errors-not-load' });
  const left = fed.tick(230_000, [logWindow(210_000, erring(1, 0.25))]);
  expect(left.conclusion.kind).toBe('hold');
});

test('quick errors that fall with the load keep the cut', () => {
  const fed = calmLaw();
  fed.tick(150_000, [logWindow(130_000, erring(1, 0.1))]);
  const kept = fed.tick(190_000, [logWindow(170_000, erring(0.9, 0))]);
  expect(kept.conclusion.rule).toBe('errors-are-load');
  expect(kept.state.tracker.totalCups).toBeCloseTo(810, 0);
});

test('blind it holds, and after long enough takes the policy’s fallback', () => {
  const fed = calmLaw(120_000, { blind: { fallback: 'baseline' } });
  expect(fed.tick(300_000, []).conclusion).toMatchObject({ kind: 'hold', verdict: 'blind', rule: 'blind-hold' });
  const late = fed.tick(2_000_000, []);
  expect(late.conclusion).toMatchObject({ kind: 'restore', rule: 'blind-fallback' });
  expect(late.desired.stage['*/*']).toEqual(DEPLOYED.stage);
});

test('an API without traffic is idle, not blind, however long', () => {
  const fed = calmLaw(120_000, { blind: { fallback: 'baseline' } });
  const before = fed.input.live;
  for (const now of [300_000, 2_000_000]) {
    fed.input = { ...fed.input, heartbeat: { kind: 'idle', accountedUntilMs: now - 150_000 } };
    const { conclusion, desired } = fed.tick(now, []);
    expect(conclusion).toMatchObject({ kind: 'hold', verdict: 'idle', rule: 'idle' });
    expect(desired).toEqual(before);
  }
});

test('after idleness blindness begins with the first request that the log does not show', () => {
  const fed = calmLaw(120_000, { blind: { fallback: 'baseline' } });
  const at = (now: number) => {
    fed.input = { ...fed.input, heartbeat: { kind: 'traffic', accountedUntilMs: 3_600_000 } };
    return fed.tick(now, []).conclusion.rule;
  };
  expect([at(3_700_000), at(3_800_000), at(4_600_000)]).toEqual(['no-news', 'blind-hold', 'blind-fallback']);
});

test('a window that was found doubtful is refused with the reason, and nothing is learned from it', () => {
  const fed = calmLaw();
  const { memory } = fed.state ?? {};
  const { conclusion, state } = fed.tick(150_000, [{ ...logWindow(130_000, slow(5)), doubt: 'the log lacks lines' }]);
  expect(conclusion).toMatchObject({ kind: 'hold' });
  expect(conclusion.reason).toContain('Not believed: the log lacks lines.');
  expect(state.memory).toEqual(memory);
});

test('minute metrics speak only when the log is silent, brake, and never probe', () => {
  const fed = calmLaw();
  const ignored = fed.tick(200_000, [minuteWindow(120_000, { requests: 54_000, latencyMs: 3000 })]);
  expect(ignored.conclusion.kind).toBe('hold');
  const cut = fed.tick(400_000, [minuteWindow(240_000, { requests: 54_000, latencyMs: 3000 })]);
  expect(cut.conclusion.kind).toBe('brake');
  const rules: Conclusion['rule'][] = [];
  for (let start = 420_000; start < 2_400_000; start += 60_000) {
    const window = minuteWindow(start, { requests: 54_000, throttled: 10_000 });
    rules.push(fed.tick(start + 180_000, [window]).conclusion.rule);
  }
  expect(rules).toContain('drain-over');
  expect(rules).not.toContain('probe');
});

test('contradictory and future windows are refused by name, and no window without traffic is judged', () => {
  const fed = calmLaw();
  const broken = logWindow(130_000, { premium: { requests: 5, throttled: 50 } });
  expect(fed.tick(150_000, [broken]).conclusion.reason).toContain('contradict');
  const future = logWindow(9_000_000, HONEST);
  expect(fed.tick(160_000, [future]).conclusion.reason).toContain('future');
  const idle = fed.tick(170_000, [{ ...logWindow(150_000, {}), keys: {} }]);
  expect(idle.conclusion).toMatchObject({ kind: 'hold', verdict: 'idle' });
});

test('in shadow every round decides from what is live, never compounding cuts that did not happen', () => {
  const fed = calmLaw(120_000, { mode: 'shadow' });
  const totals: number[] = [];
  for (let start = 130_000; start < 600_000; start += 10_000) {
    const { state, conclusion } = fed.tick(start + 20_000, [logWindow(start, slow(900))], false);
    if (conclusion.kind === 'brake') totals.push(state.tracker.totalCups ?? 0);
  }
  expect(totals.length).toBeGreaterThan(3);
  // Compounding would halve them one after the other; the drain alone makes them differ.
  for (const total of totals) expect(total / (900 * 0.965)).toBeGreaterThan(0.5);
});

test('the policy’s floor holds against any cut', () => {
  const fed = calmLaw(120_000, { capacity: { floorCups: 800 } });
  const { state } = fed.tick(150_000, [logWindow(130_000, slow(9000, 2000))]);
  expect(state.tracker.totalCups).toBeGreaterThanOrEqual(800);
});

test('an override that somebody made is kept in step', () => {
  const fed = new HandFedLaw();
  const stage = { '*/*': DEPLOYED.stage, '/orders/POST': { rateRps: 300, burst: 900 } };
  fed.input = { ...fed.input, live: { stage, tiers: DEPLOYED.tiers } };
  expect(fed.tick(0, []).desired.stage['/orders/POST']).toEqual({ rateRps: 300, burst: 25 });
});

describe('the test whether quick errors come from load', () => {
  const errorsOf = (load: number, share: number) => logWindow(130_000, erring(load, share));

  test('begun at rest, lowers the stage below demand, or it would show nothing', () => {
    const fed = calmLaw();
    const { conclusion, desired } = fed.tick(150_000, [errorsOf(1, 0.25)]);
    expect(conclusion).toMatchObject({ rule: 'error-test', estimates: { totalCups: 810 } });
    expect(desired.stage['*/*']?.rateRps).toBeLessThanOrEqual(810);
  });

  test('does not undo a cut for congestion that has overtaken it', () => {
    const fed = calmLaw();
    fed.tick(150_000, [errorsOf(1, 0.25)]);
    const severe = { ...slow(3000), premium: { requests: 4500, latencyMs: 3000, serverErrors: 1800 } };
    const cut = fed.tick(190_000, [logWindow(170_000, severe)]);
    expect(cut.conclusion.rule).toBe('severe-cut');
    const after = fed.tick(230_000, [logWindow(210_000, erring(0.4, 0.25))]);
    expect(after.conclusion.rule).not.toBe('errors-not-load');
    expect(after.conclusion.estimates.totalCups).toBeLessThan(810);
  });
});
