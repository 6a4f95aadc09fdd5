import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  DescribeSubscriptionFiltersCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  InvalidParameterException,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
  PutSubscriptionFilterCommand,
  ResourceAlreadyExistsException,
} from '@aws-sdk/client-cloudwatch-logs';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { AddPermissionCommand, CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { strToU8, zipSync } from 'fflate';
import type { Cloud } from '../../../cloud.ts';
import { clientOptions, startCloud } from '../../support/cloud.ts';
import { START_MS } from '../../support/observe/virtual-aws.ts';

const GROUP = '/aws/api-gateway/tidegate-dev';
const FUNCTION_GROUP = '/aws/lambda/listener';
const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:123456789012:function:listener';

/** Prints the messages it got, and publishes how many there were through an embedded metric. */
const SOURCE = `
const { gunzipSync } = require('node:zlib');
exports.handler = async ({ awslogs }) => {
  const batch = JSON.parse(gunzipSync(Buffer.from(awslogs.data, 'base64')));
  console.log('got ' + batch.logEvents.map((event) => event.message).join());
  const directive = { Namespace: 'Tidegate', Dimensions: [['Stream']], Metrics: [{ Name: 'Lines' }] };
  const metadata = { Timestamp: Date.now(), CloudWatchMetrics: [directive] };
  process.stdout.write(JSON.stringify({ _aws: metadata, Stream: batch.logStream, Lines: batch.logEvents.length }) + '\\n');
};`;

let cloud: Cloud;
let logs: CloudWatchLogsClient;
let lambda: LambdaClient;

beforeEach(async () => {
  ({ cloud } = await startCloud());
  await cloud.clock.goVirtual(0, START_MS);
  logs = new CloudWatchLogsClient(clientOptions(cloud));
  lambda = new LambdaClient(clientOptions(cloud));
  await logs.send(new CreateLogGroupCommand({ logGroupName: GROUP }));
});
afterEach(async () => {
  logs.destroy();
  lambda.destroy();
  await cloud.close();
});

async function createListener(): Promise<void> {
  const iam = new IAMClient(clientOptions(cloud));
  const statement = { Effect: 'Allow', Action: 'logs:*', Resource: '*' };
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  const AssumeRolePolicyDocument = PolicyDocument.replace('logs:*', 'sts:AssumeRole');
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: 'listener', AssumeRolePolicyDocument }));
  await iam.send(new PutRolePolicyCommand({ RoleName: 'listener', PolicyName: 'logs', PolicyDocument }));
  iam.destroy();
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'listener',
      Role: Role?.Arn,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Code: { ZipFile: zipSync({ 'index.js': strToU8(SOURCE) }) },
    }),
  );
}

const subscribe = () =>
  logs.send(
    new PutSubscriptionFilterCommand({
      logGroupName: GROUP,
      filterName: 'telemetry',
      filterPattern: '',
      destinationArn: FUNCTION_ARN,
    }),
  );

test('groups, streams and events as `sls logs` reads them', async () => {
  const stream = { logGroupName: GROUP, logStreamName: 's' };
  await logs.send(new PutRetentionPolicyCommand({ logGroupName: GROUP, retentionInDays: 14 }));
  await logs.send(new CreateLogStreamCommand(stream));
  const logEvents = [{ timestamp: START_MS, message: 'hello' }];
  await logs.send(new PutLogEventsCommand({ ...stream, logEvents }));
  const { logGroups } = await logs.send(new DescribeLogGroupsCommand({}));
  expect(logGroups).toMatchObject([{ logGroupName: GROUP, retentionInDays: 14 }]);
  const latest = { logGroupName: GROUP, descending: true, limit: 50, orderBy: 'LastEventTime' as const };
  const { logStreams } = await logs.send(new DescribeLogStreamsCommand(latest));
  expect(logStreams).toMatchObject([{ logStreamName: 's', lastEventTimestamp: START_MS }]);
  const { events } = await logs.send(new GetLogEventsCommand(stream));
  expect(events).toMatchObject(logEvents);
  const again = logs.send(new CreateLogGroupCommand({ logGroupName: GROUP }));
  await expect(again).rejects.toBeInstanceOf(ResourceAlreadyExistsException);
});

test("a subscription needs the function's permission, and then delivers to it", async () => {
  await createListener();
  await expect(subscribe()).rejects.toBeInstanceOf(InvalidParameterException);
  const permission = {
    FunctionName: 'listener',
    StatementId: 'logs',
    Action: 'lambda:InvokeFunction',
    Principal: 'logs.us-east-1.amazonaws.com',
    SourceArn: `arn:aws:logs:us-east-1:123456789012:log-group:${GROUP}:*`,
  };
  await lambda.send(new AddPermissionCommand(permission));
  await subscribe();
  const { subscriptionFilters } = await logs.send(new DescribeSubscriptionFiltersCommand({ logGroupName: GROUP }));
  expect(subscriptionFilters).toMatchObject([{ filterName: 'telemetry', distribution: 'ByLogStream' }]);

  const lines = ['a', 'b', 'c'].map((message) => ({ timestamp: cloud.clock.now(), message }));
  cloud.services.logs.append(GROUP, 'edge', lines);
  await cloud.clock.runUntil(START_MS + 300_000);
  const seen = await logs.send(new FilterLogEventsCommand({ logGroupName: FUNCTION_GROUP, filterPattern: 'got' }));
  expect(seen.events?.map((event) => event.message?.trim())).toEqual([expect.stringMatching(/got a,b,c$/)]);

  const cloudWatch = new CloudWatchClient(clientOptions(cloud));
  const { Datapoints } = await cloudWatch.send(
    new GetMetricStatisticsCommand({
      Namespace: 'Tidegate',
      MetricName: 'Lines',
      Dimensions: [{ Name: 'Stream', Value: 'edge' }],
      StartTime: new Date(START_MS),
      EndTime: new Date(START_MS + 300_000),
      Period: 300,
      Statistics: ['Sum'],
    }),
  );
  cloudWatch.destroy();
  expect(Datapoints).toMatchObject([{ Sum: 3 }]);
});
