import { type Cloud, createCloud } from '@tidegate/embedded-aws';
import { matchesPattern } from '@tidegate/embedded-aws/iam';
import {
  deployTemplate,
  type PackagedStack,
  type PackagedTemplate,
  packagedStack,
} from '../../rehearsal/deploy/in-process-deploy.ts';
import { describeService } from '../../rehearsal/run/deployed-stack.ts';
import { EPOCH_MS } from '../../rehearsal/run/run-rehearsal.ts';
import { CallWatch, type Denial } from '../support/e2e/call-watch.ts';
import { asDeveloper, live } from '../support/e2e/deployed.ts';
import { exercise } from '../support/e2e/exercise.ts';
import { keyOf, rush } from '../support/e2e/gateway.ts';
import { GrantAudit } from '../support/e2e/grant-audit.ts';
import { type Grant, grantedActions, grantsOf } from '../support/e2e/grants.ts';

let stack: PackagedStack;
beforeAll(async () => {
  stack = await packagedStack();
});

/** All who need a grant, so that none is forgotten. */
const EVERYBODY = [
  'tidegate-dev-backend',
  'tidegate-dev-telemetry',
  'tidegate-dev-control',
  'tidegate-dev-planWriter',
  'tidegate-dev-keyDirectory',
  'tidegate-dev-failSafe',
  'apigateway.amazonaws.com',
  'logs.us-east-1.amazonaws.com',
  'events.amazonaws.com',
  'cloudwatch.amazonaws.com',
];
/** Without these AWS does not even create a resource, and says why. */
const REFUSED_AT_DEPLOY = [
  'The specified KMS key does not exist or is not allowed to be used with LogGroup ',
  'TelemetryLogsSubscriptionFilterCloudWatchLog1: Resource handler returned message: "Could not execute the lambda ' +
    'function. Make sure you have given CloudWatch Logs permission to execute your function."',
  ...[
    'ControlEventSourceMappingSQSLooks',
    'PlanWriterEventSourceMappingSQSPlanWrites',
    'FailSafeEventSourceMappingSQSFailSafeWakeUps',
  ].map(
    (mapping) =>
      `${mapping}: Resource handler returned message: "The provided execution role does not have permissions to call `,
  ),
];

async function onCloud<Result>(work: (cloud: Cloud, watch: CallWatch) => Promise<Result>): Promise<Result> {
  const cloud = await createCloud({ seed: 1, port: 0 });
  try {
    await cloud.clock.goVirtual(0, EPOCH_MS);
    return await work(cloud, new CallWatch(cloud.aws));
  } finally {
    await cloud.close();
  }
}

type IsEnough = (denials: readonly Denial[]) => boolean;

/** Deploys the template and gives every function its work. @returns every call that was refused meanwhile */
async function denialsUnder(template: PackagedTemplate, isEnough: IsEnough = () => false): Promise<readonly Denial[]> {
  return await onCloud(async (cloud, watch) => {
    await deployTemplate(cloud, stack, template);
    const target = { cloud, service: await describeService(cloud.aws) };
    await exercise(target, watch, () => isEnough(watch.denials));
    return watch.denials;
  });
}

/** What speaks against a grant being needed, or undefined. */
async function idleness({ title, who, actions, without }: Grant): Promise<string | undefined> {
  const isMissed: IsEnough = (denials) =>
    denials.some((denial) => denial.who === who && actions.some((action) => matchesPattern(action, denial.action)));
  try {
    const denials = await denialsUnder(without, isMissed);
    return isMissed(denials) ? undefined : `${title}: refused were ${JSON.stringify(denials)}`;
  } catch (error) {
    const { message } = error as Error;
    return REFUSED_AT_DEPLOY.some((refusal) => message.includes(refusal)) ? undefined : `${title}: ${message}`;
  }
}

test('as deployed, every function may do all that it has to, and nothing that it never does', async () => {
  await onCloud(async (cloud, watch) => {
    await deployTemplate(cloud, stack, stack.template);
    await exercise({ cloud, service: await describeService(cloud.aws) }, watch);
    expect(watch.denials).toEqual([]);
    // The framework lets every function create its log group, which the template has created.
    const granted = grantedActions(stack.template).filter(
      (action) => !/ logs:(CreateLogGroup|TagResource)$/.test(action),
    );
    expect(granted.length).toBeGreaterThan(30);
    expect(granted.filter((action) => !watch.used.has(action))).toEqual([]);
  });
}, 30_000);

test('no grant is idle: without any one statement of a role, a resource or the key some call would be refused', async () => {
  const cloud = await createCloud({ seed: 1, port: 0 });
  try {
    await cloud.clock.goVirtual(0, EPOCH_MS);
    const audit = new GrantAudit(cloud);
    await deployTemplate(cloud, stack, stack.template);
    await exercise({ cloud, service: await describeService(cloud.aws) }, new CallWatch(cloud.aws));
    const { Functions } = await asDeveloper<{ Functions: { FunctionName: string }[] }>(
      cloud,
      'lambda',
      'ListFunctions',
      {},
    );
    const { QueueUrls } = await asDeveloper<{ QueueUrls: string[] }>(cloud, 'sqs', 'ListQueues', {});
    const names = Functions.map(({ FunctionName }) => FunctionName);
    const topic = 'arn:aws:sns:us-east-1:123456789012:tidegate-dev-alarms';
    expect(await audit.idle(names, QueueUrls, topic)).toEqual([]);
    // It would have been found.
    const idle = {
      Effect: 'Allow',
      Principal: { Service: 'sns.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: '*',
    };
    const Attributes = { Policy: JSON.stringify({ Statement: [idle] }) };
    await asDeveloper(cloud, 'sqs', 'SetQueueAttributes', { QueueUrl: QueueUrls[0], Attributes });
    expect(await audit.idle(names, QueueUrls.slice(0, 1), topic)).toEqual([` ${JSON.stringify(idle)}`]);
  } finally {
    await cloud.close();
  }
}, 30_000);

test('every twelfth grant, taken away for real: a call is refused, by name of caller, action and resource', async () => {
  const grants = grantsOf(stack.template);
  expect(grants.map(({ who }) => who)).toEqual(expect.arrayContaining(EVERYBODY));
  const idle: string[] = [];
  for (const grant of grants.filter((_, index) => index % 12 === 0)) {
    const found = await idleness(grant);
    if (found !== undefined) idle.push(found);
  }
  expect(idle).toEqual([]);
}, 60_000);

test('a permission that is taken away later is missed at the next delivery', async () => {
  await onCloud(async (cloud, watch) => {
    await deployTemplate(cloud, stack, stack.template);
    const FunctionName = 'tidegate-dev-telemetry';
    const { Policy } = await asDeveloper<{ Policy: string }>(cloud, 'lambda', 'GetPolicy', { FunctionName });
    for (const { Sid } of (JSON.parse(Policy) as { Statement: { Sid: string }[] }).Statement) {
      await asDeveloper(cloud, 'lambda', 'RemovePermission', { FunctionName, StatementId: Sid });
    }
    const target = { cloud, service: await describeService(cloud.aws) };
    rush(target, (await keyOf(cloud, 'basic')).id, 1);
    await live(cloud, 60);
    expect(watch.denials).toEqual([
      {
        who: 'logs.us-east-1.amazonaws.com',
        action: 'lambda:InvokeFunction',
        resource: `arn:aws:lambda:us-east-1:123456789012:function:${FunctionName}`,
      },
    ]);
  });
});
