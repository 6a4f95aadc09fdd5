import type { Deployed } from '../../rehearsal/deploy/in-process-deploy.ts';
import { deployedInProcess } from '../../rehearsal/deploy/in-process-deploy.ts';
import { decisionsSince } from '../support/e2e/decisions.ts';
import { asDeveloper, live } from '../support/e2e/deployed.ts';
import { stageLimit, stageWritesOfControl, writeStage } from '../support/e2e/gateway.ts';

const EDIT = { rateRps: 1234, burst: 99 };

let target: Deployed;
beforeAll(async () => {
  target = await deployedInProcess();
  await live(target.cloud, 180);
});
afterAll(() => target.cloud.close());

async function driftsWithin(seconds: number) {
  const sinceMs = target.cloud.clock.now();
  await live(target.cloud, seconds);
  return (await decisionsSince(target, sinceMs)).filter(({ rule }) => rule.startsWith('drift-'));
}

const put = (Name: string, document: object) =>
  asDeveloper(target.cloud, 'ssm', 'PutParameter', {
    ...{ Name, Value: JSON.stringify(document), Type: 'String', Overwrite: true },
  });

test('our own writes are no drift, and call control no second time', async () => {
  const before = stageWritesOfControl(target).length;
  const sinceMs = target.cloud.clock.now();
  const Name = `${target.service.parameterPrefix}/overrides/default`;
  const until = new Date(sinceMs + 3_600_000).toISOString();
  const pin = { action: 'pin', until, stage: { rateRps: 700, burst: 70 } };
  await put(Name, pin);
  await live(target.cloud, 60);
  expect(stageWritesOfControl(target).length).toBeGreaterThan(before);
  const decisions = await decisionsSince(target, sinceMs);
  expect(decisions.filter(({ rule, trigger }) => rule.startsWith('drift-') || trigger === 'change')).toEqual([]);
  await put(Name, { action: 'resume' });
  await put(`${target.service.parameterPrefix}/policies/default`, {
    api: `${target.service.apiId}/${target.service.stageName}`,
    mode: 'enforce',
  });
  await live(target.cloud, 120);
});

test('a manual edit is named within seconds, left alone, and taken back with the operator’s resume', async () => {
  await writeStage(target, EDIT);
  const drifts = await driftsWithin(80);
  expect(drifts[0]).toMatchObject({ after: { stage: { '*/*': EDIT } } });
  expect(drifts.at(-1)?.reason).toMatch(/Changed by: a person, developer\. It is left alone until /);
  await live(target.cloud, 300);
  expect(stageLimit(target)).toEqual(EDIT);
  await put(`${target.service.parameterPrefix}/overrides/default`, { action: 'resume', reason: 'done' });
  const resumed = await driftsWithin(70);
  expect(resumed.map(({ rule }) => rule)).toEqual(['drift-resumed']);
  expect(stageLimit(target)?.rateRps).not.toBe(EDIT.rateRps);
});

test('one method’s limit that a person changed and the policy adopts survives every later write of the stage', async () => {
  const { apiId, stageName, parameterPrefix } = target.service;
  const limits = () => target.cloud.services.apigateway.currentLimits(apiId, stageName).stage;
  await put(`${parameterPrefix}/policies/default`, {
    api: `${apiId}/${stageName}`,
    mode: 'enforce',
    drift: { human: 'adopt' },
  });
  await live(target.cloud, 120);
  const patchOperations = ['rateLimit', 'burstLimit'].map((limit) => {
    return { op: 'replace', path: `/~1orders/POST/throttling/${limit}`, value: '5' };
  });
  await asDeveloper(target.cloud, 'apigateway', 'UpdateStage', { restApiId: apiId, stageName, patchOperations });
  const [drift] = await driftsWithin(80);
  expect(drift?.reason).toContain('It is adopted: the new baseline of that limit');
  const before = stageWritesOfControl(target).length;
  await put(`${parameterPrefix}/overrides/default`, { action: 'kill', floor: { rateRps: 2, burst: 2 } });
  await live(target.cloud, 10);
  expect(Object.values(limits()).map(({ rateRps }) => rateRps)).toEqual([2, 2]);
  await put(`${parameterPrefix}/overrides/default`, { action: 'resume' });
  for (let minute = 0; minute < 30; minute++) await live(target.cloud, 60);
  expect(stageWritesOfControl(target).length - before).toBeGreaterThan(10);
  expect(stageLimit(target)?.rateRps).toBe(2000);
  expect(Object.entries(limits())).toContainEqual([expect.stringContaining('orders/POST'), { rateRps: 5, burst: 5 }]);
});

test('nothing went wrong unseen', () => {
  expect(target.failures).toEqual([]);
});
