import { decisionsSince } from '../support/e2e/decisions.ts';
import { asDeveloper, type Deployed, live } from '../support/e2e/deployed.ts';
import { stageLimit, stageWritesOfControl, writeStage } from '../support/e2e/gateway.ts';
import { deployedInProcess } from '../support/e2e/in-process-deploy.ts';

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
  const pin = { action: 'pin', until: '2999-01-01T00:00:00Z', stage: { rateRps: 700, burst: 70 } };
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

test('nothing went wrong unseen', () => {
  expect(target.failures).toEqual([]);
});
