import type { RehearsalSecond } from '../../../rehearsal/run/run-rehearsal.ts';
import { initialDashboard, observeSecond } from '../../../rehearsal/terminal/dashboard-state.ts';
import { bar, clip, count, minutes, sparkline } from '../../../rehearsal/terminal/figures.ts';
import { plainLine, renderDashboard } from '../../../rehearsal/terminal/render.ts';
import { TerminalView } from '../../../rehearsal/terminal/view.ts';

const SCENARIO = { name: 'seed-surge', durationSeconds: 1500, objective: { latencyMs: 500 } };
const START_MS = Date.UTC(2031, 0, 1);

function secondOf(second: number, decisions: RehearsalSecond['decisions'] = []): RehearsalSecond {
  return {
    snapshot: {
      second,
      endMs: START_MS + (second + 1) * 1000,
      tiers: {
        premium: { offered: 500 + 100 * second, admitted: 900, throttled: 40, served: 880 },
        basic: { offered: 300, admitted: 300, throttled: 0, served: 300 },
      },
      latencyP90Ms: 200 + 50 * second,
      backlogSeconds: 0.25,
      capacityCups: 2200,
      isViolation: false,
      askedByMethod: {},
      firstAttempts: 0,
      refusedWithinContract: 0,
    },
    limits: {
      stage: { '*/*': { rateRps: 2000, burst: 60 }, '/orders/POST': { rateRps: 7.5, burst: 3 } },
      tiers: { premium: { rateRps: 2000, burst: 5000 }, basic: { rateRps: 100, burst: 200 } },
    },
    writes: { stageWrites: 3, planWrites: 2, rejectedWrites: 0 },
    decisions,
  };
}

const decision = (second: number, kind: string) => ({
  atMs: START_MS + second * 1000,
  kind,
  rule: `${kind}-rule`,
  reason: `Latency p90 was ${second} ms above its bound and the stage took more than the backend bears, so it was cut.`,
});

function playedState(seconds: number) {
  let state = initialDashboard(SCENARIO);
  for (let second = 0; second < seconds; second++) state = observeSecond(state, secondOf(second));
  return observeSecond(state, secondOf(seconds, [decision(3, 'hold'), decision(4, 'hold'), decision(5, 'brake')]));
}

describe('the dashboard', () => {
  it('waits for its first second', () => {
    expect(renderDashboard(initialDashboard(SCENARIO), { columns: 80, color: false })).toBe(
      'seed-surge: waiting for the first second …',
    );
  });

  it('shows tiers, latency, limits and decisions', () => {
    expect(renderDashboard(playedState(9), { columns: 100, color: false })).toMatchSnapshot();
  });

  it('colours without changing a character', () => {
    const colored = renderDashboard(playedState(9), { columns: 100, color: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters.
    expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(renderDashboard(playedState(9), { columns: 100, color: false }));
    expect(colored).toContain('\u001b[');
  });

  it('keeps to the width where text is free', () => {
    const lines = renderDashboard(playedState(9), { columns: 60, color: false }).split('\n');
    const free = lines.filter((line) => /cut|per key|stage limit|Latency/.test(line));
    expect(free.length).toBeGreaterThan(3);
    expect(free.filter((line) => line.length > 60)).toEqual([]);
  });

  it('remembers five decisions, newest first, and a repeated hold once', () => {
    expect(playedState(1).decisions.map(({ kind, atMs }) => [kind, (atMs - START_MS) / 1000])).toEqual([
      ['brake', 5],
      ['hold', 4],
    ]);
  });

  it('has a line for logs', () => {
    expect(plainLine(playedState(9))).toBe(
      '  0:10  offered/admitted/429: premium 1400/900/40, basic 300/300/0; p90 650 ms; stage */* 2,000/60, /orders/POST 7.5/3',
    );
  });
});

describe('the view', () => {
  const record = (isTTY: boolean) => {
    const written: string[] = [];
    const view = new TerminalView({ isTTY, columns: 90, write: (text: string) => written.push(text) }, SCENARIO);
    return { written, view };
  };

  it('redraws in place on a terminal', () => {
    const { written, view } = record(true);
    view.show(secondOf(0));
    view.show(secondOf(1));
    const lines = (written[0] ?? '').split('\n').length - 1;
    expect(written[0]?.startsWith('\u001b[')).toBe(true);
    expect(written[1]?.startsWith(`\u001b[${lines}F\u001b[0J`)).toBe(true);
  });

  it('writes a line every ten seconds elsewhere, and every decision that moved something', () => {
    const { written, view } = record(false);
    for (let second = 0; second < 20; second++) {
      view.show(secondOf(second, second === 5 ? [decision(4, 'hold'), decision(5, 'brake')] : []));
    }
    expect(written).toHaveLength(3);
    expect(written[0]).toMatch(/^ {2}0:05 brake \(brake-rule\): Latency/);
    expect(written[1]).toMatch(/^ {2}0:10 {2}offered/);
  });
});

describe('figures', () => {
  it.each([
    [sparkline([0, 5, 10]), '▁▅█'],
    [sparkline([5], 10), '▅'],
    [sparkline([0, 0]), '▁▁'],
    [bar(0.5, 4), '██░░'],
    [bar(7, 2), '██'],
    [count(1234567.8), '1,234,568'],
    [count(2.5), '2.5'],
    [minutes(75.9), '1:15'],
    [clip('abcdef', 4), 'abc…'],
    [clip('abcd', 4), 'abcd'],
  ])('%s', (actual, expected) => {
    expect(actual).toBe(expected);
  });
});
