import type { FinishedRequest } from '@tidegate/embedded-aws/gateway';
import type { Deployed } from '../../rehearsal/deploy/in-process-deploy.ts';
import { deployedInProcess } from '../../rehearsal/deploy/in-process-deploy.ts';
import { decisionsSince } from '../support/e2e/decisions.ts';
import { asDeveloper, live } from '../support/e2e/deployed.ts';
import { keyOf } from '../support/e2e/gateway.ts';

const POLICY = '/tidegate/dev/policies/default';
const STEP_SECONDS = 10;
/** Honest requests of one key in ten seconds: enough to judge a window by. */
const REQUESTS = 100;

let target: Deployed;
beforeAll(async () => {
  target = await deployedInProcess();
}, 60_000);
afterAll(() => target.cloud.close());

/** Lives through steady traffic that the backend answers so late. */
async function served(seconds: number, latencyMs: number): Promise<void> {
  const { cloud, service } = target;
  const port = cloud.services.apigateway.simulatedStage(service.apiId, service.stageName);
  const { id: keyId } = await keyOf(cloud, 'premium');
  for (let passed = 0; passed < seconds; passed += STEP_SECONDS) {
    const startMs = cloud.clock.now();
    const request = { keyId, verb: 'GET', path: '/data' };
    const admitted = Array.from({ length: REQUESTS }, (): FinishedRequest[] => {
      if (port.admit(request, startMs) !== 'admitted') return [];
      const endMs = startMs + latencyMs;
      return [{ ...request, startMs, endMs, status: 200, integrationLatencyMs: latencyMs, backendStatus: 200 }];
    });
    port.finish(admitted.flat());
    await live(cloud, STEP_SECONDS);
  }
}

async function put(changes: object): Promise<number> {
  const { apiId, stageName } = target.service;
  const Value = JSON.stringify({ api: `${apiId}/${stageName}`, mode: 'enforce', ...changes });
  const input = { Name: POLICY, Value, Type: 'String', Overwrite: true };
  return (await asDeveloper<{ Version: number }>(target.cloud, 'ssm', 'PutParameter', input)).Version;
}

test('a policy whose arrival is followed by a violation is rolled back, once; the next edit stands', async () => {
  await served(720, 100);
  const sinceMs = target.cloud.clock.now();
  expect(await put({ guardrails: { planWriteSeconds: 21 } })).toBe(2);
  await served(60, 100);
  await served(180, 2000);
  const decisions = await decisionsSince(target, sinceMs);
  expect(decisions.some(({ policy }) => policy.version === 2)).toBe(true);
  const rollbacks = decisions.filter(({ rule }) => rule === 'policy-rolled-back');
  expect(rollbacks).toHaveLength(1);
  expect(rollbacks[0]?.reason).toMatch(
    /version 2: This version was rolled back: the objective had held .* Version 1 stays in force/,
  );
  expect(decisions.at(-1)?.policy).toMatchObject({ version: 1, refused: { version: 2 } });
  // In mid-incident the operator tries again, and is not fought.
  expect(await put({ guardrails: { planWriteSeconds: 22 } })).toBe(3);
  const againMs = target.cloud.clock.now();
  await served(240, 2000);
  const later = await decisionsSince(target, againMs);
  expect(later.filter(({ rule }) => rule === 'policy-rolled-back')).toEqual([]);
  expect(later.at(-1)?.policy).toEqual({ name: POLICY, version: 3 });
}, 60_000);

test('nothing went wrong unseen', () => {
  expect(target.failures).toEqual([]);
});
