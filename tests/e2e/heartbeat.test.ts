import type { Deployed } from '../../rehearsal/deploy/in-process-deploy.ts';
import { deployedInProcess } from '../../rehearsal/deploy/in-process-deploy.ts';
import { decisionsSince } from '../support/e2e/decisions.ts';
import { asDeveloper, live } from '../support/e2e/deployed.ts';
import { keyOf, rush } from '../support/e2e/gateway.ts';

let target: Deployed;
beforeEach(async () => {
  target = await deployedInProcess();
});
afterEach(() => target.cloud.close());

/** Twenty requests a second, for so long. */
async function trickle(seconds: number): Promise<void> {
  const { id } = await keyOf(target.cloud, 'premium');
  for (let second = 0; second < seconds; second++) {
    rush(target, id, 20);
    await live(target.cloud, 1);
  }
}

/** The access log no longer reaches telemetry. */
const cutTheLog = () =>
  asDeveloper(target.cloud, 'lambda', 'PutFunctionConcurrency', {
    FunctionName: 'tidegate-dev-telemetry',
    ReservedConcurrentExecutions: 0,
  });

test('an API without traffic is idle, not blind, for as long as that lasts', async () => {
  await trickle(60);
  await live(target.cloud, 240);
  const sinceMs = target.cloud.clock.now();
  await live(target.cloud, 1200);
  const decisions = await decisionsSince(target, sinceMs);
  expect(decisions.length).toBeGreaterThanOrEqual(20);
  expect([...new Set(decisions.map(({ kind, verdict }) => `${kind}, ${verdict}`))]).toEqual(['hold, idle']);
  expect(new Set(decisions.map(({ evidence }) => evidence.heartbeat))).toEqual(new Set(['idle']));
  // Waking up is not waking up blind.
  const wokenMs = target.cloud.clock.now();
  await trickle(120);
  const woken = await decisionsSince(target, wokenMs);
  expect(woken.map(({ verdict }) => verdict)).not.toContain('blind');
  expect(woken.at(-1)?.verdict).toBe('trustworthy');
}, 30_000);

test('requests that the log does not show are no idleness: the minutes of CloudWatch take over', async () => {
  await trickle(60);
  await cutTheLog();
  const sinceMs = target.cloud.clock.now();
  await trickle(600);
  const decisions = (await decisionsSince(target, sinceMs)).filter(({ atMs }) => atMs > sinceMs + 360_000);
  expect(decisions.length).toBeGreaterThanOrEqual(3);
  expect(new Set(decisions.map(({ evidence }) => evidence.heartbeat))).toEqual(new Set(['traffic']));
  expect(new Set(decisions.map(({ verdict }) => verdict))).toEqual(new Set(['trustworthy']));
}, 30_000);

test('log and count agree about honest traffic: nothing is doubted', async () => {
  const sinceMs = target.cloud.clock.now();
  await trickle(420);
  const doubts = (await decisionsSince(target, sinceMs)).flatMap(({ evidence }) => evidence.doubts ?? []);
  expect(doubts).toEqual([]);
}, 30_000);
