import { START_MS } from '../../../bench/loop/run.ts';
import type { ClientGroup } from '../../../rehearsal/world/scenario.ts';
import { honestGroups } from '../../../rehearsal/world/scenarios/common.ts';
import { during } from '../../../rehearsal/world/traffic/rate.ts';
import {
  BASELINE,
  END,
  LAST,
  ONSET,
  type PlayedStory,
  playStory,
  SCALE,
  type Story,
  steadyClients,
} from '../../support/stories/play-story.ts';

const SEEDS = [1, 2] as const;
const CAPACITY = 2200;
const LOW_CAPACITY = 880;
/** The law searches its way back for minutes when capacity returns: seconds after the end of the incident. */
const RECOVERED = 600;
const TIERS = ['premium', 'standard', 'basic', 'internal'] as const;

/** One key that asks for `peakRps` during the incident and for `restRps` otherwise, a fifth of it orders. */
function runaway(tier: string, peakRps: number, restRps = 0): ClientGroup {
  const demand = (second: number) => (second >= ONSET && second < END ? peakRps : restRps);
  const single = { honest: false, keyCount: 1, skew: 0, mix: [0.8, 0.2], behaviour: { kind: 'none' } } as const;
  return { name: `runaway-${tier}`, tier, demand, ...single };
}

const SURGE = [...steadyClients(), runaway('premium', 5000)];
const RETRIED_SURGE = [...honestGroups(), runaway('premium', 5000)];

const STORIES = {
  quiet: {},
  surge: { groups: SURGE },
  fairSurge: {
    groups: SURGE,
    policy: (deployed) => ({ ...deployed, demand: { ...deployed.demand, fairFloorShare: 0.9 } }),
  },
  retriedSurge: { groups: RETRIED_SURGE },
  unattendedSurge: { groups: RETRIED_SURGE, policy: (deployed) => ({ ...deployed, mode: 'shadow' }) },
  containedAbuser: { groups: [...steadyClients(), runaway('basic', 1000, 30)] },
  capacityDrop: {
    backend: { capacity: (second) => (second >= ONSET && second < END ? LOW_CAPACITY : CAPACITY) },
    durationSeconds: END + RECOVERED + 100,
  },
  premiumGrowth: {
    groups: steadyClients((rps, tier) => (second) => {
      return tier === 'premium' && second >= ONSET && second < END ? 4 * rps : rps;
    }),
  },
  badRelease: { backend: { fastFailureShare: during(0.2, ONSET, END) } },
} as const satisfies Record<string, Story>;

const played = new Map<string, Promise<PlayedStory>>();

/** The run of a story with a seed; several tests read the same run. */
function runOf(name: keyof typeof STORIES, seed: number): Promise<PlayedStory> {
  const key = `${name} ${seed}`;
  const run = played.get(key) ?? playStory(seed, STORIES[name]);
  played.set(key, run);
  return run;
}

const allRunsOf = (name: keyof typeof STORIES) => Promise.all(SEEDS.map((seed) => runOf(name, seed)));

/** The share of what a tier's honest clients ask for that is served. */
const served = ({ meter }: PlayedStory, tier: string, from: number, to: number) =>
  meter.servedShare(`honest-${tier}`, from, to);
/** From a minute after the onset: detection and two writes may take so long. */
const servedInIncident = (run: PlayedStory, tier: string) => served(run, tier, ONSET + 60, END);
/** Requests of the last second are still under way when a story ends. */
const servedThroughout = (run: PlayedStory, tier: string) => served(run, tier, 0, LAST - 1);
const admittedCost = ({ meter }: PlayedStory) => meter.admittedCost(ONSET + 120, END) / SCALE;
const writesFrom = ({ result }: PlayedStory, second: number) =>
  result.writes.filter(({ atMs }) => atMs >= START_MS + second * 1000);

describe.each(SEEDS)('seed %i', (seed) => {
  test('on a quiet day the burst is tightened, the guard is sized, and then no limit moves', async () => {
    const run = await runOf('quiet', seed);
    expect(run.result.writes.map(({ kind }) => kind)).toEqual(['stage', 'stage']);
    expect(writesFrom(run, 120)).toEqual([]);
    for (const tier of TIERS) expect(servedThroughout(run, tier)).toBeGreaterThan(0.999);
  });

  test.each(['surge', 'fairSurge', 'capacityDrop', 'premiumGrowth'] as const)(
    '%s: plans are written 20 s apart at least, and every plan returns to its baseline',
    async (name) => {
      const { result } = await runOf(name, seed);
      expect(result.planWrites).toBeGreaterThan(0);
      expect(result.rejectedWrites).toBe(0);
      expect(result.limits.tiers).toEqual(BASELINE.tiers);
    },
  );

  test('a runaway premium key: answers are late for less than 20 s, and afterwards everybody is served', async () => {
    const run = await runOf('surge', seed);
    expect(run.result.violationSeconds).toBeLessThan(20);
    expect(served(run, 'premium', END + 120, LAST - 1)).toBeGreaterThan(0.999);
    for (const tier of TIERS) expect(served(run, tier, LAST - 60, LAST - 1)).toBeGreaterThan(0.999);
  });

  test('where shares are kept fair, basic keys keep a third of their demand more from a runaway premium key', async () => {
    const gain =
      servedInIncident(await runOf('fairSurge', seed), 'basic') - servedInIncident(await runOf('surge', seed), 'basic');
    expect(gain).toBeGreaterThan(1 / 3);
  });

  test('for an abuser whom the plan contains no limit is lowered, no plan is written, and nobody honest is refused', async () => {
    const run = await runOf('containedAbuser', seed);
    const writes = writesFrom(run, ONSET);
    expect(writes.filter(({ kind }) => kind === 'plan')).toEqual([]);
    const changes = writes.flatMap(({ rates }) => Object.values(rates));
    expect(changes.filter(({ before, after }) => after < before)).toEqual([]);
    for (const tier of TIERS) expect(servedThroughout(run, tier)).toBeGreaterThan(0.999);
  });

  test('capacity falls to 40 % and returns: premium comes first, internal is spared, all are served in the end', async () => {
    const run = await runOf('capacityDrop', seed);
    const share = (tier: string) => servedInIncident(run, tier);
    expect(share('premium')).toBeGreaterThan(0.5);
    expect(share('premium')).toBeGreaterThan(1.5 * share('standard'));
    expect(share('standard')).toBeGreaterThan(share('basic'));
    expect(share('internal')).toBeGreaterThan(0.7);
    expect(run.meter.admittedCost(ONSET + 60, END) / SCALE).toBeLessThan(LOW_CAPACITY);
    for (const tier of TIERS) expect(served(run, tier, END + RECOVERED, END + RECOVERED + 99)).toBeGreaterThan(0.97);
  });

  test('while premium keys ask for four times as much, the backend stays busy', async () => {
    expect(admittedCost(await runOf('premiumGrowth', seed))).toBeGreaterThan(0.85 * CAPACITY);
  });

  test('errors that do not depend on load are tested, and nobody is refused for them', async () => {
    const run = await runOf('badRelease', seed);
    expect(run.rules).toContain('errors-not-load');
    for (const tier of TIERS) expect(served(run, tier, ONSET, END)).toBeGreaterThan(0.78);
    expect(run.result.planWrites).toBe(0);
  });
});

test('with clients that try again, a runaway premium key leaves honest premium keys their service', async () => {
  const { result } = await runOf('retriedSurge', 1);
  expect(result.honestPremiumServed).toBeGreaterThan(0.95);
  expect(result.goodputRatio).toBeGreaterThan(0.8);
  expect(result.violationSeconds).toBeLessThan(30);
  expect(result.rejectedWrites).toBe(0);
  expect(result.limits.tiers).toEqual(BASELINE.tiers);
});

test('a runaway premium key that nobody stops causes an outage, and in shadow mode nothing is written', async () => {
  const { result } = await runOf('unattendedSurge', 1);
  expect(result.honestPremiumServed).toBeLessThan(0.2);
  expect(result.writes).toEqual([]);
});

test('the same seed gives the same run', async () => {
  const short = { groups: SURGE, durationSeconds: ONSET + 120 };
  const [first, second] = [await playStory(7, short), await playStory(7, short)];
  expect(first.result.planWrites).toBeGreaterThan(0);
  expect(second).toEqual(first);
});

/**
 * Weaknesses that are known and not mended (docs/control-law.md, "Known weaknesses"). Each of these tests states what
 * ought to hold for all seeds and turns red as soon as it does. The figures are those of seeds 1 and 2.
 */
describe('known weaknesses', () => {
  /** Basic keys keep 0.30 and 0.30, premium keys 0.94 and 0.95. */
  test.failing('no honest client is refused for a runaway premium key', async () => {
    for (const run of await allRunsOf('surge')) {
      for (const tier of TIERS) expect(servedInIncident(run, tier)).toBeGreaterThan(0.99);
    }
  });

  /** 0.83 and 0.91; at the benchmark's size, where random variation is smaller, 0.92 and 0.93. */
  test.failing('nine tenths of the capacity are in use while a runaway premium key asks for more', async () => {
    for (const run of await allRunsOf('surge')) expect(admittedCost(run)).toBeGreaterThan(0.9 * CAPACITY);
  });

  /** Basic keys keep 0.78 and 0.84; at full size 0.77. */
  test.failing('where shares are kept fair, nobody honest loses more than a sixth to a runaway premium key', async () => {
    for (const run of await allRunsOf('fairSurge')) {
      for (const tier of TIERS) expect(servedInIncident(run, tier)).toBeGreaterThan(5 / 6);
    }
  });

  /** Standard keys keep 0.81 and 0.78, basic keys 0.26 and 0.25. */
  test.failing('while premium keys ask for four times as much, other tiers keep their demand', async () => {
    for (const run of await allRunsOf('premiumGrowth')) {
      for (const tier of ['standard', 'basic']) expect(servedInIncident(run, tier)).toBeGreaterThan(0.85);
    }
  });
});
