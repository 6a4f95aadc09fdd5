import type { Deployed } from '../../../rehearsal/deploy/in-process-deploy.ts';
import type { CallWatch } from './call-watch.ts';
import { asDeveloper, live } from './deployed.ts';
import { fightEdits, keyOf, request, rush, writeStage } from './gateway.ts';

/** Longer than an invocation is tried again that may grow five minutes old. */
const GIVEN_UP_MS = 630_000;
/** How often the key directory is read. */
const QUARTER_MS = 900_000;

type Target = Pick<Deployed, 'cloud' | 'service'>;

const LOOK_NOW = {
  Entries: [
    {
      Source: 'tidegate.telemetry',
      DetailType: 'Tidegate Look Now',
      Detail: JSON.stringify({ apiId: 'any', stage: 'dev', reason: 'throttled' }),
    },
  ],
};

const PHASES = [serve, steer, brake, notify, loseEvents, fallSilent, giveUp];

/**
 * Gives every function every kind of work that it has, in virtual time and almost half an hour of it: whatever
 * permission a deployed role or resource policy lacks is asked for. Afterwards telemetry, control, the fail-safe and the
 * key directory are shut off.
 * @param isEnough asked between one kind of work and the next: whether the rest may be spared
 */
export async function exercise(target: Target, watch: CallWatch, isEnough = () => false): Promise<void> {
  for (const phase of PHASES) {
    await phase(target, watch);
    if (isEnough()) return;
  }
}

/** Requests: backend answers, the access log reaches telemetry, whose nudge reaches control. */
async function serve(target: Target): Promise<void> {
  const key = await keyOf(target.cloud, 'basic');
  await request(target, 'GET', '/data', key);
  rush(target, key.id, 1000);
  await live(target.cloud, 40);
}

/** Limits that are not what is desired: control writes the stage, and has the plan writer write a plan. */
async function steer(target: Target): Promise<void> {
  const { cloud, service } = target;
  await fightEdits(target);
  await writeStage(target, service.stageLimit);
  await asDeveloper(cloud, 'apigateway', 'UpdateUsagePlan', {
    usagePlanId: service.tiers.basic?.planId,
    patchOperations: [{ op: 'replace', path: '/throttle/rateLimit', value: '50' }],
  });
  await live(cloud, 90);
}

/** An override, whose author control looks up, and its end, which stays: encrypted under a key of the account. */
async function brake({ cloud, service }: Target): Promise<void> {
  const Name = `${service.parameterPrefix}/overrides/default`;
  await asDeveloper(cloud, 'ssm', 'PutParameter', { Name, Value: '{"action":"pause"}', Type: 'String' });
  await live(cloud, 5);
  const Description = 'Parameters of the account';
  const { KeyMetadata } = await asDeveloper<{ KeyMetadata: { KeyId: string } }>(cloud, 'kms', 'CreateKey', {
    Description,
  });
  const secure = {
    Name,
    Value: '{"action":"resume"}',
    Type: 'SecureString',
    KeyId: KeyMetadata.KeyId,
    Overwrite: true,
  };
  await asDeveloper(cloud, 'ssm', 'PutParameter', secure);
  await live(cloud, 5);
}

/** A policy that is refused, and an alarm: both reach the topic, and control. */
async function notify({ cloud, service }: Target): Promise<void> {
  const Name = `${service.parameterPrefix}/policies/default`;
  await asDeveloper(cloud, 'ssm', 'PutParameter', { Name, Value: '{}', Type: 'String', Overwrite: true });
  await asDeveloper(cloud, 'monitoring', 'SetAlarmState', {
    AlarmName: 'tidegate-dev-backend-latency',
    StateValue: 'ALARM',
    StateReason: 'An exercise.',
  });
  await live(cloud, 10);
}

/** An event that no function takes becomes a dead letter of its rule. */
async function loseEvents({ cloud }: Target, watch: CallWatch): Promise<void> {
  watch.outage = 'lambda:Invoke';
  await asDeveloper(cloud, 'events', 'PutEvents', LOOK_NOW);
  await live(cloud, 20);
  watch.outage = undefined;
}

/** Control dies in a brake, and the backend is well: the fail-safe takes stage and plans back to their baseline. */
async function fallSilent(target: Target): Promise<void> {
  const { cloud, service } = target;
  await shutOff(target, 'control');
  await writeStage(target, { rateRps: 100, burst: 25 });
  await asDeveloper(cloud, 'apigateway', 'UpdateUsagePlan', {
    usagePlanId: service.tiers.basic?.planId,
    patchOperations: [{ op: 'replace', path: '/throttle/rateLimit', value: '20' }],
  });
  const { id } = await keyOf(cloud, 'internal');
  for (let second = 0; second < 480; second += 20) {
    rush(target, id, 10);
    await live(cloud, 20);
  }
}

async function shutOff({ cloud }: Target, name: string): Promise<void> {
  const input = { FunctionName: `tidegate-dev-${name}`, ReservedConcurrentExecutions: 0 };
  await asDeveloper(cloud, 'lambda', 'PutFunctionConcurrency', input);
}

/** Functions that cannot run: what was meant for them becomes their dead letter. */
async function giveUp(target: Target): Promise<void> {
  const { cloud } = target;
  for (const name of ['telemetry', 'failSafe', 'keyDirectory']) await shutOff(target, name);
  rush(target, (await keyOf(cloud, 'premium')).id, 1);
  const nextReadMs = Math.ceil(cloud.clock.now() / QUARTER_MS) * QUARTER_MS;
  await cloud.clock.runUntil(nextReadMs + GIVEN_UP_MS);
}
