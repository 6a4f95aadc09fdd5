import type { CallWatch } from './call-watch.ts';
import { asDeveloper, type Deployed, live } from './deployed.ts';
import { keyOf, request, rush, writeStage } from './gateway.ts';

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

/**
 * Gives every function every kind of work that it has, in virtual time and some sixteen minutes of it: whatever
 * permission a deployed role or resource policy lacks is asked for. Afterwards telemetry and control are shut off.
 */
export async function exercise(target: Target, watch: CallWatch): Promise<void> {
  await serve(target);
  await steer(target);
  await brake(target);
  await notify(target);
  await loseEvents(target, watch);
  await giveUp(target);
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
  await writeStage(target, service.stageLimit);
  await asDeveloper(cloud, 'apigateway', 'UpdateUsagePlan', {
    usagePlanId: service.tiers.basic?.planId,
    patchOperations: [{ op: 'replace', path: '/throttle/rateLimit', value: '50' }],
  });
  await live(cloud, 90);
}

/** An override, whose author control looks up, and its end. */
async function brake({ cloud, service }: Target): Promise<void> {
  const Name = `${service.parameterPrefix}/overrides/default`;
  for (const Value of ['{"action":"pause"}', '{"action":"resume"}']) {
    await asDeveloper(cloud, 'ssm', 'PutParameter', { Name, Value, Type: 'String', Overwrite: true });
    await live(cloud, 5);
  }
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

/** Functions that cannot run: what was meant for them becomes their dead letter. Lasts until a quarter past the hour. */
async function giveUp(target: Target): Promise<void> {
  const { cloud } = target;
  for (const FunctionName of ['tidegate-dev-control', 'tidegate-dev-telemetry']) {
    await asDeveloper(cloud, 'lambda', 'PutFunctionConcurrency', { FunctionName, ReservedConcurrentExecutions: 0 });
  }
  rush(target, (await keyOf(cloud, 'premium')).id, 1);
  // The key directory is read every quarter of an hour; an invocation of telemetry is given up after ten minutes.
  const quarterMs = 900_000;
  const untilMs = Math.ceil(cloud.clock.now() / quarterMs) * quarterMs + 5_000;
  await cloud.clock.runUntil(untilMs);
}
