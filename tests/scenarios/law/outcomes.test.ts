import { honestClients, runaway } from '../../support/plant/clients.ts';
import { BASELINE, Plant, type PlantOptions, type Run } from '../../support/plant/plant.ts';
import { admittedCups, honest, servedShare, slowSeconds } from '../../support/plant/scores.ts';

const SEEDS = [1, 2] as const;
const ONSET = 300;
const END = 1200;
const CAPACITY = 2200;

const play = (seed: number, options: Partial<PlantOptions>): Run =>
  new Plant({ seconds: 1500, seed, clients: honestClients(), capacityCups: () => CAPACITY, ...options }).play();

const rules = (run: Run) => new Set(run.conclusions.map(({ rule }) => rule));

/** One plan write per 20 s, in every run. */
function expectPlanQuotaKept(run: Run): void {
  const plans = run.writes.filter(({ what }) => what !== 'stage');
  plans.slice(1).forEach(({ second }, index) => {
    expect(second - (plans[index]?.second ?? 0)).toBeGreaterThanOrEqual(20);
  });
}

/**
 * Weaknesses that are known and not mended: what ought to hold, and does not yet (docs/control-law.md, "Known weaknesses").
 * Such a test turns red when it begins to hold, and is then an ordinary one again.
 */
const known = test.failing;

describe.each(SEEDS)('seed %i', (seed) => {
  known('a runaway premium key is trimmed; no honest client is, from a minute after the onset', () => {
    const clients = [...honestClients(), runaway('premium', 5000, ONSET, END)];
    const run = play(seed, { clients });
    for (const tier of ['premium', 'standard', 'basic', 'internal']) {
      expect(servedShare(run, honest(tier), ONSET + 60, END)).toBeGreaterThan(0.99);
    }
    expect(slowSeconds(run, ONSET, END)).toBeLessThan(20);
    // The runaway keeps what is left of the capacity.
    expect(admittedCups(run, ONSET + 120, END)).toBeGreaterThan(0.9 * CAPACITY);
    expect(run.final.tiers).toEqual(BASELINE.tiers);
    expect(servedShare(run, honest('premium'), END + 120, 1500)).toBeGreaterThan(0.999);
    expectPlanQuotaKept(run);
  });

  test('a runaway premium key is trimmed, and where shares are kept fair nobody honest loses more than a sixth to it', () => {
    const clients = [...honestClients(), runaway('premium', 5000, ONSET, END)];
    const run = play(seed, { clients, policy: { demand: { fairFloorShare: 0.9 } } });
    for (const tier of ['premium', 'standard', 'basic', 'internal']) {
      expect(servedShare(run, honest(tier), ONSET + 60, END)).toBeGreaterThan(5 / 6);
    }
    expect(run.final.tiers).toEqual(BASELINE.tiers);
    expectPlanQuotaKept(run);
  });

  test('the same without anyone acting is an outage', () => {
    const clients = [...honestClients(), runaway('premium', 5000, ONSET, END)];
    const run = play(seed, { clients, isEnforced: false, policy: { mode: 'shadow' } });
    expect(servedShare(run, honest('premium'), ONSET + 60, END)).toBeLessThan(0.2);
    expect(run.writes).toEqual([]);
  });

  test('quiet traffic: the burst is tightened, the guard sized, then nothing moves', () => {
    const run = play(seed, { seconds: 1800 });
    expect(run.writes.map(({ what }) => what)).toEqual(['stage', 'stage']);
    expect(run.writes.at(-1)?.second).toBeLessThan(120);
    expect(servedShare(run, () => true, 0, 1800)).toBeGreaterThan(0.999);
  });

  test('an abuser whom the plan contains moves nothing', () => {
    const clients = [...honestClients(), runaway('basic', 1000, ONSET, END, 30)];
    const run = play(seed, { clients });
    expect(run.writes.filter(({ second }) => second >= ONSET)).toEqual([]);
    for (const tier of ['premium', 'standard', 'basic', 'internal']) {
      expect(servedShare(run, honest(tier), 0, 1500)).toBeGreaterThan(0.999);
    }
  });

  test('capacity falls to 40 % and returns: premium first, internal spared, all served again in the end', () => {
    const run = play(seed, {
      seconds: 2400,
      capacityCups: (second) => (second >= ONSET && second < END ? 880 : CAPACITY),
    });
    const served = (tier: string) => servedShare(run, honest(tier), ONSET + 60, END);
    expect(served('premium')).toBeGreaterThan(0.5);
    expect(served('premium')).toBeGreaterThan(1.5 * served('standard'));
    expect(served('standard')).toBeGreaterThan(served('basic'));
    expect(served('internal')).toBeGreaterThan(0.7);
    expect(admittedCups(run, ONSET + 60, END)).toBeLessThan(880);
    expect(servedShare(run, () => true, 2200, 2400)).toBeGreaterThan(0.97);
    expectPlanQuotaKept(run);
  });

  known('every premium key asks four times as much: others keep theirs, premium gets what is left', () => {
    const clients = honestClients({ premium: (second) => (second >= ONSET && second < END ? 4 : 1) });
    const run = play(seed, { clients });
    expect(servedShare(run, honest('standard'), ONSET + 60, END)).toBeGreaterThan(0.85);
    expect(servedShare(run, honest('basic'), ONSET + 60, END)).toBeGreaterThan(0.85);
    expect(admittedCups(run, ONSET + 120, END)).toBeGreaterThan(0.85 * CAPACITY);
    expect(run.final.tiers).toEqual(BASELINE.tiers);
  });

  test('errors that do not depend on load are tested, and nobody is refused for them', () => {
    const run = play(seed, { errorShare: (second) => (second >= ONSET && second < END ? 0.2 : 0) });
    expect(rules(run)).toContain('errors-not-load');
    expect(servedShare(run, () => true, ONSET, END)).toBeGreaterThan(0.78);
    expect(run.writes.filter(({ what }) => what !== 'stage')).toEqual([]);
  });
});

test('the same seed is the same run', () => {
  const clients = [...honestClients(), runaway('premium', 5000, 100, 250)];
  expect(play(7, { clients, seconds: 300 })).toEqual(play(7, { clients, seconds: 300 }));
});
