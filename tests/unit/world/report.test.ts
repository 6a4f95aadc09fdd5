import { harmAgainst, isRestored, type RehearsalReport, reportTable } from '../../../rehearsal/run/rehearsal-report.ts';

const limits = (premiumRps: number, stage: Record<string, number>) => ({
  stage: Object.fromEntries(Object.entries(stage).map(([method, rateRps]) => [method, { rateRps, burst: 1 }])),
  tiers: { premium: { rateRps: premiumRps, burst: 1 } },
});

describe('limits back at rest', () => {
  const before = limits(2000, { '*/*': 1000 });

  it.each([
    ['the same', limits(2000, { '*/*': 1000 }), true],
    ['nearly the same', limits(1900, { '*/*': 950 }), true],
    ['higher', limits(2500, { '*/*': 2000 }), true],
    ['a braked plan', limits(1899, { '*/*': 1000 }), false],
    ['a braked stage', limits(2000, { '*/*': 900 }), false],
    ['a new override that brakes one method', limits(2000, { '*/*': 1000, '/orders/POST': 100 }), false],
    ['a new override that does not', limits(2000, { '*/*': 1000, '/orders/POST': 1200 }), true],
  ])('%s', (_, after, expected) => {
    expect(isRestored(before, after)).toBe(expected);
  });

  it('judges an override that is gone by what governs its method now', () => {
    const braked = limits(2000, { '*/*': 1000, '/orders/POST': 400 });
    expect(isRestored(braked, before)).toBe(true);
    expect(isRestored(braked, limits(2000, { '*/*': 300 }))).toBe(false);
  });
});

describe('the report', () => {
  const report: RehearsalReport = {
    scenario: 'seed-surge',
    seed: 1,
    simulatedSeconds: 1500,
    wallSeconds: 12.34,
    goodputRatio: 0.95,
    goodputRatioByTier: { premium: 0.96, basic: 0.9 },
    dueGrantedByTier: { premium: 1, basic: 1 },
    honestServedByTier: { premium: 0.999, basic: 0.98 },
    honestPremiumServed: 0.999,
    honestByTier: { premium: { asked: 2000, served: 1990 }, basic: { asked: 1000, served: 970 } },
    weightedGoodputRatio: 0.94,
    stressSeconds: 800,
    stressRatio: 0.93,
    premiumWithinGuarantee: 0.98,
    jain: 0.97,
    falseThrottleRatio: 0.01,
    violationSeconds: 12,
    longestViolationSeconds: 9,
    secondsToMitigate: null,
    stageWrites: 9,
    planWrites: 3,
    rejectedWrites: 0,
    decisions: { brake: 1, hold: 20 },
    restored: true,
    secondsToRestore: 95,
    secondsToRest: 95,
  };

  it('reads as a table', () => {
    expect(reportTable(report)).toMatchSnapshot();
  });

  it('says when limits never rested, and what control did to honest clients, where it was compared', () => {
    const still = { premium: { asked: 2000, served: 1000 }, basic: { asked: 1000, served: 990 } };
    const compared = { ...report, secondsToRest: null, ...harmAgainst(report.honestByTier, still) };
    expect(compared.harmRatio).toBeCloseTo(1020 / 1040, 6);
    const table = reportTable(compared);
    expect(table).toMatch(/all limits at rest after +│ +never/);
    expect(table).toMatch(/honest served, of static limits: basic +│ +98.08 %/);
    expect(table).toMatch(/honest served, of static limits: premium +│ +194.29 %/);
  });
});
