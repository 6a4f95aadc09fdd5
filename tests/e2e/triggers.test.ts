import type { Deployed } from '../../rehearsal/deploy/in-process-deploy.ts';
import { deployedInProcess } from '../../rehearsal/deploy/in-process-deploy.ts';
import type { Decision } from '../../shared/state/decisions.ts';
import { decisionsSince, withoutDrift } from '../support/e2e/decisions.ts';
import { asDeveloper, live } from '../support/e2e/deployed.ts';
import { fightEdits, keyOf, rush, stageLimit, stageWritesOfControl, writeStage } from '../support/e2e/gateway.ts';

/** The rules that wake control, as `serverless.yml` names them. */
const RULES = ['tick', 'alarms', 'parameters', 'look-now', 'changes', 'deploys'].map((name) => `tidegate-dev-${name}`);
/** Longer than the stage takes to be enforced, so that one test's writes are of no consequence for the next. */
const SETTLE_SECONDS = 30;

let target: Deployed;
beforeAll(async () => {
  target = await deployedInProcess();
  await fightEdits(target);
});
afterAll(() => target.cloud.close());

const developer = <Output>(service: string, operation: string, input: object) =>
  asDeveloper<Output>(target.cloud, service, operation, input);

/** Leaves control with one trigger, and the stage at its baseline: the first tick must tighten its burst. */
async function only(rule: string): Promise<void> {
  for (const Name of RULES) await developer('events', 'DisableRule', { Name: `${Name}` });
  await live(target.cloud, SETTLE_SECONDS);
  await writeStage(target, target.service.stageLimit);
  await developer('events', 'EnableRule', { Name: `tidegate-dev-${rule}` });
}

/** Lives so long, and tells what control wrote and decided meanwhile. */
async function watched(seconds: number): Promise<{ writes: number; decisions: Decision[]; burst: number | undefined }> {
  const sinceMs = target.cloud.clock.now();
  const before = stageWritesOfControl(target).length;
  await live(target.cloud, seconds);
  const decisions = withoutDrift(await decisionsSince(target, sinceMs));
  return { writes: stageWritesOfControl(target).length - before, decisions, burst: stageLimit(target)?.burst };
}

const setAlarm = (StateValue: string) =>
  developer('monitoring', 'SetAlarmState', {
    AlarmName: 'tidegate-dev-backend-latency',
    StateValue,
    StateReason: 'A test says so.',
  });

/** Each trigger, what causes it, and how long it may take from there to the write. */
const TRIGGERS: readonly [rule: string, trigger: string, seconds: number, cause: () => unknown][] = [
  ['tick', 'schedule', 61, () => undefined],
  ['alarms', 'alarm', 2, () => setAlarm('ALARM')],
  [
    'parameters',
    'parameter',
    2,
    () =>
      developer('ssm', 'PutParameter', { Name: '/tidegate/dev/switch', Value: 'run', Type: 'String', Overwrite: true }),
  ],
  // The access log takes its time; some of its lines tell of throttles.
  ['look-now', 'look-now', 60, async () => rush(target, (await keyOf(target.cloud, 'basic')).id, 1000)],
];

test.each(TRIGGERS)('%s reaches the stage', async (rule, trigger, seconds, cause) => {
  await only(rule);
  expect((await watched(0)).burst).toBe(5000);
  await cause();
  const { writes, decisions, burst } = await watched(seconds);
  expect(writes).toBe(1);
  expect(burst).toBeLessThan(1000);
  expect(decisions.find(({ stageOutcome }) => stageOutcome === 'written')).toMatchObject({
    trigger,
    policy: { name: expect.stringContaining('policies/default'), version: 2 },
  });
});

test('without any trigger nothing happens', async () => {
  await only('tick');
  await developer('events', 'DisableRule', { Name: 'tidegate-dev-tick' });
  expect(await watched(300)).toEqual({ writes: 0, decisions: [], burst: 5000 });
});

test('an alarm never relaxes; the next scheduled tick may', async () => {
  // Control that was silent for minutes would start from what it finds.
  await only('tick');
  await watched(61);
  await only('alarms');
  await writeStage(target, { rateRps: 100, burst: 10 });
  await setAlarm('OK');
  await setAlarm('ALARM');
  const byAlarm = await watched(5);
  expect(byAlarm.decisions).toHaveLength(1);
  expect(byAlarm.decisions[0]).toMatchObject({ trigger: 'alarm', kind: 'hold', guard: 'alarm-never-relaxes' });
  expect(byAlarm.writes).toBe(0);
  expect(stageLimit(target)).toEqual({ rateRps: 100, burst: 10 });
  await developer('events', 'EnableRule', { Name: 'tidegate-dev-tick' });
  const bySchedule = await watched(61);
  expect(bySchedule.decisions[0]).toMatchObject({ trigger: 'schedule', stageOutcome: 'written' });
  expect(stageLimit(target)?.rateRps).toBeGreaterThan(100);
});

test('nothing went wrong unseen', () => {
  expect(target.failures).toEqual([]);
});
