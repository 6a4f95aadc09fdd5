import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchScenario, Drawn } from '../../../bench/scenarios/bench-scenario.ts';
import { BENCH_SCENARIOS, REPORTING_SEEDS, TUNING_SEEDS } from '../../../bench/scenarios/index.ts';
import { recordedDays } from '../../../bench/scenarios/recorded-days.ts';
import { capacityOf, keyNames } from '../../../rehearsal/world/scenario.ts';
import { zipfShares } from '../../../rehearsal/world/traffic/skew.ts';

const SEEDS = [...TUNING_SEEDS, ...REPORTING_SEEDS, 101, 102, 103, 104];
const STEP_SECONDS = 5;
const SIZE = 0.1;

/** Within-contract demand relative to the capacity, every few seconds; smooth demand, no bursts. */
function loadOverTime({ scenario, baseline }: Drawn): number[] {
  const groups = scenario.groups.map((group) => ({
    shares: zipfShares(group.keyCount, group.skew),
    cost: group.mix.reduce((sum, share, method) => sum + share * (scenario.methods[method]?.cost ?? 0), 0),
    limit: baseline.tiers[group.tier]?.rateRps ?? 0,
    demand: group.demand,
  }));
  return Array.from({ length: Math.ceil(scenario.durationSeconds / STEP_SECONDS) }, (_, step) => {
    const second = (step + 0.5) * STEP_SECONDS;
    const cups = groups.reduce((sum, { shares, cost, limit, demand }) => {
      const rps = (1 - (scenario.backend.cachedShare ?? 0)) * demand(second);
      return sum + cost * shares.reduce((total, share) => total + Math.min(limit, share * rps), 0);
    }, 0);
    return cups / capacityOf(scenario.backend, second);
  });
}

/** What a drawn scenario looks like, as far as it can be compared. */
function figures({ scenario, trouble, baseline }: Drawn): unknown {
  const seconds = Array.from({ length: scenario.durationSeconds / 10 }, (_, step) => step * 10);
  return {
    ...scenario,
    groups: scenario.groups.map((group) => ({ ...group, demand: seconds.map((second) => group.demand(second)) })),
    backend: {
      ...scenario.backend,
      capacity: seconds.map((second) => scenario.backend.capacity(second)),
      slowness: seconds.map((second) => scenario.backend.slowness?.(second)),
      dependencyCups: seconds.map((second) => scenario.backend.dependencyCups?.(second)),
      fastFailureShare: seconds.map((second) => scenario.backend.fastFailureShare?.(second)),
    },
    trouble,
    baseline,
  };
}

/** Where the peak of contract demand lies relative to the capacity, whatever the seed. */
const CALM = [0.5, 0.85] as const;
const PEAKS: Readonly<Record<string, readonly [number, number]>> = {
  quiet: CALM,
  'contained-abuser': CALM,
  'fast-errors': [0.9, 1],
  'flash-crowd': [4.5, 8.5],
  'drop-in-surge': [1.8, 3.5],
  hang: [1000, Number.POSITIVE_INFINITY],
  'slow-tenant': CALM,
  'error-outage': CALM,
  'monitors-night': CALM,
  cached: [0.05, 0.15],
  'slow-by-nature': [0.4, 0.6],
  'honest-doubling': [0.7, 0.95],
};
const SURGE = [1.02, 2.8] as const;

/** Demand is no more than the backend bears until something happens; these begin with the day. */
const FROM_THE_START = ['diurnal'];

function checkDrawn(family: BenchScenario, drawn: Drawn): void {
  const { scenario, trouble } = drawn;
  const { durationSeconds: duration, onsetSeconds: onset, surgeEndSeconds: end } = scenario;
  expect([duration, onset, end].every(Number.isInteger)).toBe(true);
  expect(0 <= onset && onset < end && end <= duration).toBe(true);
  expect(duration >= 15 * 60 && duration <= 60 * 60).toBe(true);
  for (const { from, to, share } of trouble.lost) {
    expect(0 <= from && from < to && to <= duration && share > 0 && share <= 1).toBe(true);
  }
  for (const { from, to, extraSeconds } of trouble.late) {
    expect(0 <= from && from < to && to <= duration && extraSeconds > 0 && extraSeconds <= 60).toBe(true);
  }
  const names = scenario.groups.flatMap(keyNames);
  expect(new Set(names).size).toBe(names.length);
  for (const { mix, tier } of scenario.groups) {
    expect(mix.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1);
    expect(Object.keys(drawn.baseline.tiers)).toContain(tier);
  }
  expect([family.name, family.title]).toEqual([scenario.name, scenario.title]);
}

describe('the benchmark', () => {
  it('has at least 22 scenarios, and seeds for reporting that nothing is tuned on', () => {
    expect(BENCH_SCENARIOS.length).toBeGreaterThanOrEqual(22);
    expect(new Set(BENCH_SCENARIOS.map(({ name }) => name)).size).toBe(BENCH_SCENARIOS.length);
    expect(REPORTING_SEEDS.filter((seed) => TUNING_SEEDS.includes(seed))).toEqual([]);
  });
});

describe.each(BENCH_SCENARIOS)('$name', (family) => {
  it('is the same for the same seed and another for another', () => {
    expect(figures(family.draw(7, SIZE))).toEqual(figures(family.draw(7, SIZE)));
    expect(figures(family.draw(7, SIZE))).not.toEqual(figures(family.draw(8, SIZE)));
  });

  it.each(SEEDS)('is sane and loads the backend as its title says, seed %d', (seed) => {
    const drawn = family.draw(seed, SIZE);
    checkDrawn(family, drawn);
    const load = loadOverTime(drawn);
    const [least, most] = PEAKS[family.name] ?? SURGE;
    const peak = Math.max(...load);
    expect(peak).toBeGreaterThan(least);
    expect(peak).toBeLessThan(most);
    const { onsetSeconds, backend } = drawn.scenario;
    if (!FROM_THE_START.includes(family.name)) {
      expect(Math.max(0, ...load.slice(0, Math.floor(onsetSeconds / STEP_SECONDS)))).toBeLessThan(0.88);
    }
    expect(backend.capacity(0) / SIZE).toBeGreaterThan(1000);
    // A recorded day ends where it ends.
    if (!family.name.startsWith('recorded-')) expect(load.at(-1)).toBeLessThan(1);
  });
});

describe('before a story begins', () => {
  it('everything stands for five minutes as it does at its first second', () => {
    const [first, later] = [0, 299];
    for (const family of BENCH_SCENARIOS) {
      const { scenario } = family.draw(7, SIZE);
      for (const course of [...scenario.groups.map(({ demand }) => demand), scenario.backend.capacity]) {
        expect(course(later)).toBe(course(first));
      }
      expect(scenario.onsetSeconds).toBeGreaterThanOrEqual(300);
    }
  });

  it('nothing is missing or late', () => {
    const begins = BENCH_SCENARIOS.flatMap(({ draw }) => {
      const { lost, late } = draw(7, SIZE).trouble;
      return [...lost, ...late].map(({ from }) => from);
    });
    expect(begins.length).toBeGreaterThan(0);
    expect(Math.min(...begins)).toBeGreaterThanOrEqual(300);
  });
});

describe('recorded days', () => {
  it('are left out with a word when there are no recordings', () => {
    const { scenarios, leftOut } = recordedDays(undefined);
    expect(scenarios).toEqual([]);
    expect(leftOut[0]).toMatch(/^recorded-site is left out: no traces\/.* in the folder that TIDEGATE_DATA names\.$/);
  });

  it('replay one day of a recording in half an hour, its peak above the capacity', () => {
    const folder = mkdtempSync(join(tmpdir(), 'recordings-'));
    mkdirSync(join(folder, 'traces'));
    const rows = Array.from({ length: 48 }, (_, hour) => {
      const timestamp = new Date(Date.UTC(2031, 0, 1, hour)).toISOString();
      return `${timestamp},${hour % 24 === 12 ? 100 : 40}`;
    });
    const file = join(folder, 'traces', 'ms_mongodb_app_query_rate_03.csv');
    writeFileSync(file, ['timestamp,value', ...rows].join('\n'));
    const { scenarios, leftOut } = recordedDays(folder);
    expect([scenarios.map(({ name }) => name), leftOut.length]).toEqual([['recorded-queries'], 2]);
    const [family] = scenarios;
    const drawn = family?.draw(3, SIZE) as Drawn;
    expect(figures(family?.draw(3, SIZE) as Drawn)).toEqual(figures(drawn));
    const load = loadOverTime(drawn);
    const peak = Math.max(...load);
    expect(peak).toBeGreaterThan(1.05);
    // Half past noon of a day in half an hour, after five minutes at rest.
    expect(Math.abs(load.indexOf(peak) * STEP_SECONDS - 300 - (12.5 / 24) * 1800)).toBeLessThan(10);
    expect((load[0] ?? 0) / peak).toBeCloseTo(0.4, 1);
  });
});
