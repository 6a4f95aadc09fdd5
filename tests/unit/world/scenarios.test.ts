import { castFor } from '../../../rehearsal/world/cast.ts';
import { honestDemandCups, keyNames, scaledScenario } from '../../../rehearsal/world/scenario.ts';
import { SCENARIOS } from '../../../rehearsal/world/scenarios/index.ts';
import { seedSurge } from '../../../rehearsal/world/scenarios/seed-surge.ts';
import { zipfShares } from '../../../rehearsal/world/traffic/skew.ts';
import { CONTRACTS } from '../../support/world/run-world.ts';

describe.each([...SCENARIOS.values()])('scenario $name', (scenario) => {
  it('has onset, end and duration in order, on whole seconds', () => {
    const { onsetSeconds, surgeEndSeconds, durationSeconds } = scenario;
    expect(onsetSeconds).toBeLessThan(surgeEndSeconds);
    expect(surgeEndSeconds).toBeLessThanOrEqual(durationSeconds);
    expect([onsetSeconds, surgeEndSeconds, durationSeconds].every(Number.isInteger)).toBe(true);
  });

  it('deals all of every demand to methods and uniquely named keys', () => {
    for (const { mix } of scenario.groups) {
      expect(mix).toHaveLength(scenario.methods.length);
      expect(mix.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1);
    }
    const names = scenario.groups.flatMap(keyNames);
    expect(new Set(names).size).toBe(names.length);
  });

  it('begins within capacity, and every honest key within its contract', () => {
    expect(honestDemandCups(scenario, 0)).toBeLessThan(0.8 * scenario.backend.capacity(0));
    for (const group of scenario.groups.filter(({ honest }) => honest)) {
      const heaviest = (zipfShares(group.keyCount, group.skew)[0] ?? 0) * group.demand(0);
      expect(heaviest).toBeLessThan((CONTRACTS[group.tier]?.rateRps ?? 0) * 0.8);
    }
  });
});

describe('seed-surge', () => {
  it('is the incident that the service is built for', () => {
    const { onsetSeconds: onset, surgeEndSeconds: end, groups, backend, methods } = seedSurge;
    const demand = (tier: string) => groups.find((group) => group.name === `honest-${tier}`)?.demand(onset);
    expect(['premium', 'standard', 'basic', 'internal'].map(demand)).toEqual([500, 500, 300, 50]);
    expect(backend.capacity(onset)).toBe(2200);
    expect(backend.baseLatencyMs).toBe(200);
    expect(methods.find(({ path }) => path === '/orders')?.cost).toBe(4);
    const runaway = groups.find(({ honest }) => !honest);
    expect(runaway).toMatchObject({ tier: 'premium', keyCount: 1, mix: [0.8, 0.2] });
    expect([onset - 1, onset, end - 1, end].map((second) => runaway?.demand(second))).toEqual([0, 5000, 5000, 0]);
    expect(end - onset).toBe(15 * 60);
    expect(seedSurge.durationSeconds - end).toBeGreaterThanOrEqual(6 * 60);
  });
});

describe('a scenario where other tiers are deployed', () => {
  const tiersOf = (deployed: readonly string[]) => castFor(seedSurge, deployed).groups.map(({ tier }) => tier);

  it('is played as it is written by the tiers that it names, in whatever order they are deployed', () => {
    const asWritten = ['premium', 'standard', 'basic', 'internal', 'premium'];
    expect(tiersOf(['premium', 'standard', 'basic', 'internal'])).toEqual(asWritten);
    expect(tiersOf(['internal', 'basic', 'gold', 'standard', 'premium'])).toEqual(asWritten);
  });

  it('is played by the tiers in the same places, the last for those beyond', () => {
    expect(tiersOf(['gold', 'silver'])).toEqual(['gold', 'silver', 'silver', 'silver', 'gold']);
    expect(castFor(seedSurge, ['gold', 'silver']).premiumTier).toBe('gold');
    expect(tiersOf(['only'])).toEqual(['only', 'only', 'only', 'only', 'only']);
    expect(tiersOf(['gold', 'standard', 'basic', 'internal'])).toEqual([
      'gold',
      'standard',
      'basic',
      'internal',
      'gold',
    ]);
  });

  it('keeps a name that no scenario is written for, so that the mistake is told', () => {
    const [group] = seedSurge.groups;
    if (!group) throw new Error('No group.');
    const wrong = { ...seedSurge, groups: [{ ...group, tier: 'premum' }] };
    expect(castFor(wrong, ['gold', 'silver']).groups[0]?.tier).toBe('premum');
  });
});

describe('a scenario in small', () => {
  it('has demand and capacity multiplied, and nothing else', () => {
    const small = scaledScenario(seedSurge, 0.1);
    expect(small.backend.capacity(0)).toBeCloseTo(220);
    expect(small.groups[0]?.demand(0)).toBeCloseTo(50);
    expect(small.durationSeconds).toBe(seedSurge.durationSeconds);
    expect(small.groups.map(({ keyCount }) => keyCount)).toEqual(seedSurge.groups.map(({ keyCount }) => keyCount));
  });
});
