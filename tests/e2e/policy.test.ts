import type { Deployed } from '../../rehearsal/deploy/in-process-deploy.ts';
import { deployedInProcess } from '../../rehearsal/deploy/in-process-deploy.ts';
import { decisionsSince, withoutDrift } from '../support/e2e/decisions.ts';
import { asDeveloper, live } from '../support/e2e/deployed.ts';
import { stageLimit, stageWritesOfControl, writeStage } from '../support/e2e/gateway.ts';

const POLICY = '/tidegate/dev/policies/default';
const SWITCH = '/tidegate/dev/switch';
/** The parameter's event, its delivery, and the tick. */
const REACTION_SECONDS = 3;

let target: Deployed;
beforeAll(async () => {
  target = await deployedInProcess();
  await live(target.cloud, 90);
});
afterAll(() => target.cloud.close());

const put = (Name: string, Value: string) =>
  asDeveloper<{ Version: number }>(target.cloud, 'ssm', 'PutParameter', {
    Name,
    Value,
    Type: 'String',
    Overwrite: true,
  });

/** Puts a parameter, and tells what was decided from then on within so many seconds. */
async function decisionsAfter(name: string, value: string, seconds = REACTION_SECONDS) {
  const sinceMs = target.cloud.clock.now();
  const { Version } = await put(name, value);
  await live(target.cloud, seconds);
  return { version: Version, decisions: await decisionsSince(target, sinceMs) };
}

async function metricSum(MetricName: string, seconds: number): Promise<number> {
  const { service, cloud } = target;
  const now = cloud.clock.now();
  const { Datapoints } = await asDeveloper<{ Datapoints: { Sum: number }[] }>(
    cloud,
    'monitoring',
    'GetMetricStatistics',
    {
      Namespace: 'Tidegate',
      MetricName,
      Dimensions: [
        { Name: 'Api', Value: service.apiId },
        { Name: 'Stage', Value: service.stageName },
      ],
      StartTime: new Date(now - seconds * 1000),
      EndTime: new Date(now),
      Period: 60,
      Statistics: ['Sum'],
    },
  );
  return Datapoints.reduce((sum, { Sum }) => sum + Sum, 0);
}

const document = (changes: object) => {
  const { apiId, stageName } = target.service;
  return JSON.stringify({ api: `${apiId}/${stageName}`, mode: 'enforce', ...changes });
};

test('a new policy is in force at the next tick, and its decision names it', async () => {
  const { version, decisions } = await decisionsAfter(POLICY, document({ mode: 'shadow' }));
  expect(version).toBe(2);
  expect(decisions[0]).toMatchObject({
    trigger: 'parameter',
    mode: 'shadow',
    stageOutcome: 'not-enforced',
    policy: { name: POLICY, version: 2 },
  });
  const enforced = await decisionsAfter(POLICY, document({}));
  expect(enforced.decisions[0]).toMatchObject({ mode: 'enforce', policy: { name: POLICY, version: 3 } });
});

test('a broken document is refused in words that help, and the old one stays in force', async () => {
  const broken = document({ mode: 'brutal', objective: { latencyMs: -1 }, surprise: true });
  const { version, decisions } = await decisionsAfter(POLICY, broken);
  const refusal = decisions.find(({ rule }) => rule === 'policy-rejected');
  const tick = decisions.find((decision) => decision !== refusal);
  expect(refusal).toMatchObject({ kind: 'hold', policy: { name: POLICY, version: 3 } });
  // Everything that is wrong, each with its path and what was found, and what happens instead.
  expect(refusal?.reason).toContain(`${POLICY} version ${version}`);
  for (const word of ['mode', 'brutal', 'enforce', 'objective.latencyMs', '-1', 'surprise']) {
    expect(refusal?.reason).toContain(word);
  }
  expect(refusal?.reason).toContain('Version 3 stays in force.');
  expect(tick).toMatchObject({ mode: 'enforce', policy: { name: POLICY, version: 3 } });
});

test('a document that is no JSON is refused too, once', async () => {
  const { version, decisions } = await decisionsAfter(POLICY, '{ "api": ', 120);
  const refusals = decisions.filter(({ rule }) => rule === 'policy-rejected');
  expect(refusals).toHaveLength(1);
  expect(refusals[0]?.reason).toContain(`version ${version}: `);
  expect(decisions.length).toBeGreaterThan(2);
  await decisionsAfter(POLICY, document({}));
});

test('pause holds everything but the heart, run resumes', async () => {
  const { decisions } = await decisionsAfter(SWITCH, 'pause');
  expect(decisions[0]).toMatchObject({ trigger: 'parameter', kind: 'hold', rule: 'paused', mode: 'paused' });
  await writeStage(target, target.service.stageLimit);
  const writes = stageWritesOfControl(target).length;
  await live(target.cloud, 300);
  expect(stageWritesOfControl(target)).toHaveLength(writes);
  expect(stageLimit(target)).toEqual(target.service.stageLimit);
  expect(await metricSum('Heartbeat', 300)).toBeGreaterThanOrEqual(5);
  const resumed = await decisionsAfter(SWITCH, 'run');
  expect(withoutDrift(resumed.decisions)[0]).toMatchObject({ mode: 'enforce', stageOutcome: 'written' });
  expect(stageLimit(target)?.burst).toBeLessThan(target.service.stageLimit.burst);
});

test('nothing went wrong unseen', () => {
  expect(target.failures).toEqual([]);
});
