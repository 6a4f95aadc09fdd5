import type { Deployed } from '../../rehearsal/deploy/in-process-deploy.ts';
import { deployedInProcess } from '../../rehearsal/deploy/in-process-deploy.ts';
import { decisionsSince } from '../support/e2e/decisions.ts';
import { live } from '../support/e2e/deployed.ts';
import { stageLimit } from '../support/e2e/gateway.ts';

let target: Deployed;
beforeAll(async () => {
  target = await deployedInProcess({ limitScale: 0.025 });
  await live(target.cloud, 130);
}, 60_000);
afterAll(() => target?.cloud.close());

test('fractional rates are in force as deployed, and control knows the same numbers: nothing drifts at rest', async () => {
  const { cloud, service } = target;
  const { plans } = cloud.services.apigateway.currentLimits(service.apiId, service.stageName);
  const inForce = Object.entries(service.tiers).map(([tier, { planId }]) => [tier, plans[planId]?.throttle]);
  const deployed = {
    premium: { rateRps: 50, burst: 125 },
    standard: { rateRps: 12.5, burst: 25 },
    basic: { rateRps: 2.5, burst: 5 },
    internal: { rateRps: 5, burst: 10 },
  };
  expect(Object.fromEntries(inForce)).toEqual(deployed);
  expect(service.tiers).toMatchObject(deployed);
  expect(service.stageLimit).toEqual({ rateRps: 50, burst: 125 });
  // At rest control writes the stage's burst after its own rule, the rate as it is.
  expect(stageLimit(target)).toMatchObject({ rateRps: 50 });
  const rules = (await decisionsSince(target, 0)).map(({ rule }) => rule);
  expect(rules.length).toBeGreaterThanOrEqual(2);
  expect(rules.filter((rule) => rule.startsWith('drift-'))).toEqual([]);
});
