import { type Deployed, deployedInProcess, packagedStack } from '../../rehearsal/deploy/in-process-deploy.ts';
import { inspectGateway } from '../../rehearsal/run/inspection.ts';
import type { RehearsalReport } from '../../rehearsal/run/rehearsal-report.ts';
import { EPOCH_MS } from '../../rehearsal/run/run-rehearsal.ts';
import type { Scenario } from '../../rehearsal/world/scenario.ts';
import { shortSurge } from '../../rehearsal/world/scenarios/seed-surge.ts';
import type { Decision } from '../../shared/state/decisions.ts';
import { GOLD_AND_SILVER, withChangedService } from '../support/changed-service.ts';
import { CallWatch, type Denial } from '../support/e2e/call-watch.ts';
import { decisionsSince } from '../support/e2e/decisions.ts';
import { live } from '../support/e2e/deployed.ts';
import { rehearse, SCALE } from '../support/e2e/rehearsal.ts';
import { tidegate } from '../support/e2e/tidegate.ts';

/** The surge on the methods that the service has; both tiers together are guaranteed everything. */
const SURGE: Scenario = {
  ...shortSurge(60, 240),
  methods: [
    { verb: 'GET', path: '/items', cost: 1 },
    { verb: 'POST', path: '/items', cost: 4 },
  ],
};
const POLICY = {
  mode: 'enforce',
  methodCost: { '/items/POST': 4 },
  tiers: { gold: { weight: 4, floorShare: 0.5, sacrificeOrder: 'never' }, silver: { floorShare: 0.5 } },
};

let target: Deployed;
let report: RehearsalReport;
let denials: readonly Denial[];
let decisions: readonly Decision[];
beforeAll(async () => {
  const stack = await withChangedService(GOLD_AND_SILVER, (source) => packagedStack(SCALE, source));
  target = await deployedInProcess({ stack, startMs: EPOCH_MS - 3_600_000 });
  ({ denials } = new CallWatch(target.cloud.aws));
  report = await rehearse(target, { scenario: SURGE, policy: POLICY });
  decisions = await decisionsSince(target, 0);
}, 120_000);
afterAll(() => target.cloud.close());

describe('a service whose tiers are gold and silver', () => {
  test('is deployed with these tiers alone', () => {
    expect(Object.keys(target.service.tiers)).toEqual(['gold', 'silver']);
  });

  test('has its policy accepted, also where it guarantees everything to the two', () => {
    // The first version is the deployed one.
    expect(new Set(decisions.map(({ policy }) => policy.version))).toEqual(new Set([1, 2]));
    expect(decisions.filter(({ rule }) => rule === 'policy-rejected')).toEqual([]);
  });

  test('has the surge of a gold key tamed: stage and plans are written, honest gold is served', () => {
    expect(report.decisions.brake).toBeGreaterThan(0);
    expect(report.stageWrites).toBeGreaterThan(0);
    expect(report.planWrites).toBeGreaterThan(0);
    expect(report.secondsToMitigate).not.toBeNull();
    expect(Object.keys(report.goodputRatioByTier)).toEqual(['gold', 'silver']);
    expect(report.honestPremiumServed).toBeGreaterThan(0.8);
  });

  test('knows every key’s tier, and asks for nothing that its roles forbid', () => {
    expect(decisions.length).toBeGreaterThan(5);
    expect(JSON.stringify(decisions)).not.toMatch(/premium|standard|basic|internal|tier unknown/);
    expect(denials).toEqual([]);
    expect(target.failures).toEqual([]);
  });

  test('lets an operator pin silver by its name, and no tier of ours', async () => {
    const words = ['--for', '10m', '--reason', 'a fire drill'];
    const refused = await tidegate(target, 'pin', 'basic=1/2', ...words);
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.err).toContain('tiers.basic: expected one of gold, silver');
    const { code } = await tidegate(target, 'pin', 'silver=1/2', ...words);
    expect(code).toBe(0);
    await live(target.cloud, 90);
    const { limitsInForce } = inspectGateway(target.cloud.services.apigateway);
    expect(limitsInForce(target.service).tiers).toMatchObject({ silver: { rateRps: 1, burst: 2 } });
  });
});
