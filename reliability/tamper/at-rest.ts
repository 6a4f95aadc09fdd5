import { DEVELOPER } from '@tidegate/embedded-aws/kernel';
import { functionName } from '../../rehearsal/run/deployed-stack.ts';
import { CAPACITY_RPS, type Scene } from '../faults/scene.ts';
import { keyOf, restore, type Snapshot } from '../overlap/cloud-snapshot.ts';
import type { Stage } from './arrange.ts';
import { shifted } from './shift.ts';

export const HEARTBEAT_ALARM = functionName('heartbeat-missing');
const MINUTE_MS = 60_000;
/** Time within which pending deliveries arrive after a play. */
const CALM_MS = 20_000;
const MOST_CALM_MINUTES = 10;
/** The state that could carry over from the previous play. */
const FUNCTIONS = ['control', 'telemetry', 'planWriter', 'failSafe'];

export async function asOperator<Output>(
  { cloud }: Scene,
  service: string,
  operation: string,
  input: object,
): Promise<Output> {
  return await cloud.aws.call<Output>(DEVELOPER, service, operation, input);
}

/** The cloud as it was when the snapshot was taken, but later: by whole minutes, so that every tick keeps its distance. */
export async function comeToRest({ scene, snapshot, snapshotMs }: Stage): Promise<void> {
  const { clock, aws } = scene.cloud;
  scene.load.capacityRps = CAPACITY_RPS.normal;
  scene.load.forgetWaiting();
  const Name = overrideName(scene);
  await asOperator(scene, 'ssm', 'DeleteParameter', { Name });
  await asOperator(scene, 'ssm', 'PutParameter', { Name, Value: '{"action":"resume"}', Type: 'String' });
  await restore(scene, later(snapshot, clock.now() - snapshotMs));
  const minutes = Math.ceil((clock.now() + CALM_MS - snapshotMs) / MINUTE_MS);
  await clock.runUntil(snapshotMs + minutes * MINUTE_MS);
  for (let waited = 0; (await alarmState(scene)) === 'ALARM'; waited++) {
    if (waited === MOST_CALM_MINUTES) throw new Error('The heartbeat alarm does not stop ringing.');
    await clock.runUntil(clock.now() + MINUTE_MS);
  }
  await restore(scene, later(snapshot, clock.now() - snapshotMs));
  for (const name of FUNCTIONS) await forgetWarmMemory(scene, name);
  aws.reseed(1);
  scene.record.takeWrites();
}

export const overrideName = ({ service }: Scene): string => `${service.parameterPrefix}/overrides/default`;

/** A changed function starts with new containers. */
async function forgetWarmMemory(scene: Scene, name: string): Promise<void> {
  const Description = `Restored at ${scene.cloud.clock.now()}.`;
  await asOperator(scene, 'lambda', 'UpdateFunctionConfiguration', { FunctionName: functionName(name), Description });
}

function later({ items, limits }: Snapshot, byMs: number): Snapshot {
  const moved = [...items.values()].map((item) => shifted(item, byMs));
  return { limits, items: new Map(moved.map((item) => [keyOf(item), item])) };
}

async function alarmState(scene: Scene): Promise<string> {
  const { MetricAlarms } = await asOperator<{ MetricAlarms: { StateValue: string }[] }>(
    scene,
    'monitoring',
    'DescribeAlarms',
    { AlarmNames: [HEARTBEAT_ALARM] },
  );
  return MetricAlarms[0]?.StateValue ?? '';
}
