import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Cloud, createCloud } from '@tidegate/embedded-aws';
import { DEVELOPER } from '@tidegate/embedded-aws/kernel';
import { type DeployedService, describeService } from '../run/deployed-stack.ts';
import { EPOCH_MS } from '../run/run-rehearsal.ts';
import { packagedService } from './package-cache.ts';
import { NOWHERE } from './sealed-environment.ts';

export interface TemplateResource {
  readonly Type: string;
  readonly DependsOn?: string | readonly string[];
  readonly Properties: Readonly<Record<string, unknown>>;
}

/** A CloudFormation template, as far as a test takes it apart. */
export interface PackagedTemplate {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
}

export interface PackagedStack {
  /** Creates the deployment bucket alone: the framework's first step. */
  readonly bucketTemplate: string;
  readonly template: PackagedTemplate;
  /** The access log's format, which the framework sets by a call of its own after the stack is up. */
  readonly accessLogFormat: string;
  /** The functions' archives by file name. */
  readonly archives: ReadonlyMap<string, Uint8Array>;
}

/** A cloud with the service on it. */
export interface Deployed {
  readonly cloud: Cloud;
  readonly service: DeployedService;
  /** Every line that the framework printed; none where the framework did not run. */
  readonly lines: readonly string[];
  /** What went wrong in scheduled work. */
  readonly failures: readonly unknown[];
}

const StackName = 'tidegate-dev';
const Capabilities = ['CAPABILITY_NAMED_IAM'];
const ACCESS_LOG_ARN = 'arn:aws:logs:us-east-1:123456789012:log-group:/aws/api-gateway/tidegate-dev';
const STEP_MS = 5_000;
const MOST_STEPS = 60;

/**
 * What `sls package` left behind; with a scale, every limit multiplied and no quotas.
 * @param source the folder of a service to package instead of this project
 */
export async function packagedStack(limitScale?: number, source?: string): Promise<PackagedStack> {
  const scaled = limitScale === undefined ? [] : ['--param', `limitScale=${limitScale}`, '--param', 'quotas=false'];
  const options = { endpoint: NOWHERE, ...(source !== undefined && { source }) };
  const directory = await packagedService(['--stage', 'dev', ...scaled], options);
  const text = (name: string) => readFile(join(directory, name), 'utf8');
  const archives = new Map<string, Uint8Array>();
  for (const name of ['backend', 'telemetry', 'control', 'planWriter', 'keyDirectory', 'failSafe']) {
    archives.set(`${name}.zip`, await readFile(join(directory, `${name}.zip`)));
  }
  return {
    bucketTemplate: await text('cloudformation-template-create-stack.json'),
    accessLogFormat: accessLogFormat(await text('serverless-state.json')),
    template: JSON.parse(await text('cloudformation-template-update-stack.json')) as PackagedTemplate,
    archives,
  };
}

export interface InProcessOptions {
  readonly limitScale?: number;
  /** Default `EPOCH_MS`. */
  readonly startMs?: number;
  /** What to deploy. Default: this project, packaged at `limitScale`. */
  readonly stack?: PackagedStack;
}

/** A cloud in virtual time with the service on it, for tests of what was deployed rather than of the framework. */
export async function deployedInProcess(options: InProcessOptions = {}): Promise<Deployed> {
  const { limitScale, startMs = EPOCH_MS } = options;
  const failures: unknown[] = [];
  const cloud = await createCloud({ seed: 1, port: 0, onError: (error) => void failures.push(error) });
  await cloud.clock.goVirtual(0, startMs);
  const stack = options.stack ?? (await packagedStack(limitScale));
  await deployTemplate(cloud, stack, stack.template);
  return { cloud, service: await describeService(cloud.aws), lines: [], failures };
}

function accessLogFormat(state: string): string {
  const { service } = JSON.parse(state) as { service: { provider: { logs: { restApi: { format: string } } } } };
  return service.provider.logs.restApi.format;
}

/**
 * Deploys a template, perhaps a changed one, onto a cloud in virtual time: the steps of `sls deploy` without its
 * process, for tests that deploy many variants.
 * @throws Error when the stack does not come up.
 */
export async function deployTemplate(cloud: Cloud, stack: PackagedStack, template: PackagedTemplate): Promise<void> {
  const call = <Output>(service: string, operation: string, input: object) =>
    cloud.aws.call<Output>(DEVELOPER, service, operation, input);
  await call('cloudformation', 'CreateStack', { StackName, TemplateBody: stack.bucketTemplate, Capabilities });
  await settled(cloud, 'CREATE_COMPLETE');
  const bucket = { StackName, LogicalResourceId: 'ServerlessDeploymentBucket' };
  const { StackResourceDetail } = await call<{ StackResourceDetail: { PhysicalResourceId: string } }>(
    'cloudformation',
    'DescribeStackResource',
    bucket,
  );
  const Bucket = StackResourceDetail.PhysicalResourceId;
  for (const Key of archiveKeys(template)) {
    const Body = stack.archives.get(Key.split('/').at(-1) ?? '');
    await call('s3', 'PutObject', { Bucket, Key, Body });
  }
  // Larger than what a call itself may carry: by way of the bucket, as the framework does.
  await call('s3', 'PutObject', { Bucket, Key: 'template.json', Body: Buffer.from(JSON.stringify(template)) });
  const TemplateURL = `https://s3.amazonaws.com/${Bucket}/template.json`;
  await call('cloudformation', 'UpdateStack', { StackName, TemplateURL, Capabilities });
  await settled(cloud, 'UPDATE_COMPLETE');
  const { apiId, stageName } = await describeService(cloud.aws);
  const patchOperations = [
    { op: 'replace', path: '/accessLogSettings/destinationArn', value: ACCESS_LOG_ARN },
    { op: 'replace', path: '/accessLogSettings/format', value: stack.accessLogFormat },
  ];
  await call('apigateway', 'UpdateStage', { restApiId: apiId, stageName, patchOperations });
}

/** Where the functions' archives are expected in the deployment bucket. */
function archiveKeys(template: PackagedTemplate): string[] {
  return Object.values(template.Resources).flatMap(({ Type, Properties }) =>
    Type === 'AWS::Lambda::Function' ? [(Properties.Code as { S3Key: string }).S3Key] : [],
  );
}

async function settled(cloud: Cloud, wanted: string): Promise<void> {
  const { aws, clock } = cloud;
  for (let step = 0; step < MOST_STEPS; step++) {
    await clock.runUntil(clock.now() + STEP_MS);
    const { Stacks } = await aws.call<{ Stacks: { StackStatus: string }[] }>(
      DEVELOPER,
      'cloudformation',
      'DescribeStacks',
      { StackName },
    );
    const status = Stacks[0]?.StackStatus ?? 'gone';
    if (status === wanted) return;
    if (!status.endsWith('_IN_PROGRESS')) throw new Error(`The stack is ${status}: ${await firstFailure(cloud)}`);
  }
  throw new Error(`The stack did not become ${wanted}.`);
}

/** Why the first resource failed; the events come newest first, page by page. */
async function firstFailure({ aws }: Cloud): Promise<string> {
  interface Page {
    readonly NextToken?: string;
    readonly StackEvents: readonly {
      readonly LogicalResourceId: string;
      readonly ResourceStatus: string;
      readonly ResourceStatusReason?: string;
    }[];
  }
  let reason = 'no resource failed';
  let NextToken: string | undefined;
  do {
    const page: Page = await aws.call(DEVELOPER, 'cloudformation', 'DescribeStackEvents', { StackName, NextToken });
    const failed = page.StackEvents.findLast(({ ResourceStatus }) => ResourceStatus.endsWith('_FAILED'));
    if (failed) reason = `${failed.LogicalResourceId}: ${failed.ResourceStatusReason}`;
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return reason;
}
