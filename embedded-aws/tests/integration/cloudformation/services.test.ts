import { CloudWatchClient, DescribeAlarmsCommand, GetDashboardCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTimeToLiveCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, ListRulesCommand, ListTargetsByRuleCommand } from '@aws-sdk/client-eventbridge';
import { GetRolePolicyCommand, IAMClient, ListRolesCommand } from '@aws-sdk/client-iam';
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import {
  GetFunctionCommand,
  GetPolicyCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Cloud } from '../../../cloud.ts';
import { clientOptions, startCloud } from '../../support/cloud.ts';
import { Deployer } from '../../support/cloudformation/deployer.ts';

let cloud: Cloud;
let failures: unknown[];
let deployer: Deployer;
const clients: { destroy(): void }[] = [];

function client<Client extends { destroy(): void }>(Kind: new (options: object) => Client): Client {
  const made = new Kind(clientOptions(cloud));
  clients.push(made);
  return made;
}

beforeEach(async () => {
  ({ cloud, failures } = await startCloud());
  deployer = new Deployer(cloud);
  clients.push(deployer.client);
});
afterEach(async () => {
  for (const each of clients.splice(0)) each.destroy();
  await cloud.close();
  expect(failures).toEqual([]);
});

interface Variant {
  readonly memoryMb?: number;
  readonly reserved?: string;
  readonly value?: string;
  readonly pattern?: string;
  readonly threshold?: number;
  readonly visibilityS?: string;
}

const compute = ({ memoryMb = 128, reserved = '', visibilityS = 'VisibilityTimeout: 45' }: Variant = {}) => `
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: worker
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{ Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: sts:AssumeRole }]
      Policies:
        - PolicyName: inline
          PolicyDocument:
            Version: '2012-10-17'
            Statement: [{ Effect: Allow, Action: 'sqs:*', Resource: !GetAtt Queue.Arn }]
  Extra:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: extra
      Roles: [!Ref Role]
      PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: Allow, Action: 's3:Get*', Resource: '*' }] }
  Queue:
    Type: AWS::SQS::Queue
    Properties: { SqsManagedSseEnabled: true, ${visibilityS} }
  QueuePolicy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Queue]
      PolicyDocument:
        Version: '2012-10-17'
        Statement: [{ Effect: Allow, Principal: '*', Action: sqs:SendMessage, Resource: !GetAtt Queue.Arn }]
  Worker:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: worker
      Runtime: nodejs24.x
      Handler: index.handler
      Role: !GetAtt Role.Arn
      MemorySize: ${memoryMb}
      ${reserved}
      Code: { ZipFile: 'exports.handler = async () => 1;' }
      Environment: { Variables: { QUEUE: !Ref Queue } }
  Version: { Type: AWS::Lambda::Version, Properties: { FunctionName: !Ref Worker } }
  Permission:
    Type: AWS::Lambda::Permission
    Properties: { FunctionName: !GetAtt Worker.Arn, Action: lambda:InvokeFunction, Principal: events.amazonaws.com }
  Async:
    Type: AWS::Lambda::EventInvokeConfig
    Properties: { FunctionName: !Ref Worker, Qualifier: $LATEST, MaximumRetryAttempts: 0 }
  Mapping:
    Type: AWS::Lambda::EventSourceMapping
    DependsOn: Extra
    Properties: { FunctionName: !GetAtt Worker.Arn, EventSourceArn: !GetAtt Queue.Arn, BatchSize: 5 }
Outputs:
  Version: { Value: !GetAtt Version.Version }
`;

test('compute: function, role, queue and their links', async () => {
  const stack = await deployer.create(compute());
  expect(stack.Outputs?.[0]?.OutputValue).toBe('1');
  const lambda = client(LambdaClient);
  const { Policy } = await lambda.send(new GetPolicyCommand({ FunctionName: 'worker' }));
  expect(JSON.parse(Policy ?? '')).toMatchObject({ Statement: [{ Principal: { Service: 'events.amazonaws.com' } }] });
  const { EventSourceMappings } = await lambda.send(new ListEventSourceMappingsCommand({ FunctionName: 'worker' }));
  expect(EventSourceMappings).toMatchObject([{ BatchSize: 5 }]);
  const iam = client(IAMClient);
  const inline = await iam.send(new GetRolePolicyCommand({ RoleName: 'worker', PolicyName: 'extra' }));
  expect(decodeURIComponent(inline.PolicyDocument ?? '')).toContain('s3:Get*');
  const { Queue = '', Mapping } = await deployer.physicalIds();
  expect(Queue).toMatch(/\/123456789012\/stack-Queue-[A-Z0-9]{12}$/);
  expect(Mapping).toMatch(/^[0-9a-f-]{36}$/);
});

test('compute: updates in place, and a removed queue property resets as recorded', async () => {
  await deployer.create(compute());
  await deployer.update(compute({ memoryMb: 256, reserved: 'ReservedConcurrentExecutions: 5', visibilityS: '' }));
  const lambda = client(LambdaClient);
  const { Configuration, Concurrency } = await lambda.send(new GetFunctionCommand({ FunctionName: 'worker' }));
  expect(Configuration?.MemorySize).toBe(256);
  expect(Configuration?.Environment?.Variables).toHaveProperty('QUEUE');
  expect(Concurrency).toEqual({ ReservedConcurrentExecutions: 5 });
  const { Queue: QueueUrl } = await deployer.physicalIds();
  const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] });
  expect((await client(SQSClient).send(asked)).Attributes).toMatchObject({ VisibilityTimeout: '30' });
});

test('compute: nothing stays behind', async () => {
  await deployer.create(compute());
  await deployer.delete();
  expect((await client(LambdaClient).send(new ListFunctionsCommand({}))).Functions).toEqual([]);
  expect((await client(IAMClient).send(new ListRolesCommand({}))).Roles).toEqual([]);
  expect((await client(SQSClient).send(new ListQueuesCommand({}))).QueueUrls ?? []).toEqual([]);
});

const observe = ({ value = 'run', pattern = 'aws.ssm', threshold = 1 }: Variant = {}) => `
Resources:
  Group: { Type: AWS::Logs::LogGroup, Properties: { LogGroupName: /app, RetentionInDays: 7 } }
  Errors:
    Type: AWS::Logs::MetricFilter
    Properties:
      LogGroupName: !Ref Group
      FilterPattern: ERROR
      MetricTransformations: [{ MetricName: Errors, MetricNamespace: App, MetricValue: '1' }]
  Topic: { Type: AWS::SNS::Topic, Properties: { TopicName: alarms, KmsMasterKeyId: !Ref Alias } }
  TopicPolicy:
    Type: AWS::SNS::TopicPolicy
    Properties:
      Topics: [!Ref Topic]
      PolicyDocument:
        Version: '2012-10-17'
        Statement: [{ Effect: Allow, Principal: { Service: cloudwatch.amazonaws.com }, Action: sns:Publish, Resource: !Ref Topic }]
  Inbox: { Type: AWS::SQS::Queue, Properties: { QueueName: inbox } }
  Subscription:
    Type: AWS::SNS::Subscription
    Properties: { TopicArn: !Ref Topic, Protocol: sqs, Endpoint: !GetAtt Inbox.Arn, RawMessageDelivery: true }
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmName: errors
      Namespace: App
      MetricName: Errors
      Statistic: Sum
      Period: 60
      EvaluationPeriods: 1
      Threshold: ${threshold}
      ComparisonOperator: GreaterThanThreshold
      AlarmActions: [!Ref Topic]
  Both: { Type: AWS::CloudWatch::CompositeAlarm, Properties: { AlarmName: both, AlarmRule: !Sub 'ALARM("\${Alarm}")' } }
  Dashboard: { Type: AWS::CloudWatch::Dashboard, Properties: { DashboardName: board, DashboardBody: '{"widgets":[]}' } }
  Switch: { Type: AWS::SSM::Parameter, Properties: { Name: /app/switch, Type: String, Value: ${value}, AllowedPattern: ^(run|pause)$ } }
  Rule:
    Type: AWS::Events::Rule
    Properties: { Name: edits, EventPattern: { source: [${pattern}] }, Targets: [{ Id: inbox, Arn: !GetAtt Inbox.Arn }] }
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: state
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{ AttributeName: pk, AttributeType: S }]
      KeySchema: [{ AttributeName: pk, KeyType: HASH }]
      TimeToLiveSpecification: { AttributeName: expiresAt, Enabled: true }
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true }
      SSESpecification: { SSEEnabled: true }
  Key:
    Type: AWS::KMS::Key
    Properties: { Description: all, EnableKeyRotation: true, PendingWindowInDays: 7 }
  Alias: { Type: AWS::KMS::Alias, Properties: { AliasName: alias/app, TargetKeyId: !Ref Key } }
Outputs:
  Switch: { Value: !Join [' ', [!GetAtt Switch.Type, !GetAtt Switch.Value]] }
  Alarm: { Value: !GetAtt Alarm.Arn }
  Rule: { Value: !GetAtt Rule.Arn }
  Topic: { Value: !Ref Topic }
`;

test('observation: every resource is as declared, Ref and GetAtt as recorded', async () => {
  const { Outputs = [] } = await deployer.create(observe());
  expect(Outputs.map(({ OutputValue }) => OutputValue)).toEqual([
    'String run',
    'arn:aws:cloudwatch:us-east-1:123456789012:alarm:errors',
    'arn:aws:events:us-east-1:123456789012:rule/edits',
    'arn:aws:sns:us-east-1:123456789012:alarms',
  ]);
  const { MetricAlarms } = await client(CloudWatchClient).send(new DescribeAlarmsCommand({ AlarmNames: ['errors'] }));
  expect(MetricAlarms).toMatchObject([{ Threshold: 1, AlarmActions: ['arn:aws:sns:us-east-1:123456789012:alarms'] }]);
  await client(CloudWatchClient).send(new GetDashboardCommand({ DashboardName: 'board' }));
  const groups = await client(CloudWatchLogsClient).send(new DescribeLogGroupsCommand({}));
  expect(groups.logGroups).toMatchObject([{ logGroupName: '/app', retentionInDays: 7, metricFilterCount: 1 }]);
  const { Targets } = await client(EventBridgeClient).send(new ListTargetsByRuleCommand({ Rule: 'edits' }));
  expect(Targets).toMatchObject([{ Id: 'inbox' }]);
  const lifetime = await client(DynamoDBClient).send(new DescribeTimeToLiveCommand({ TableName: 'state' }));
  expect(lifetime.TimeToLiveDescription).toMatchObject({ TimeToLiveStatus: 'ENABLED', AttributeName: 'expiresAt' });
});

test('observation: updates in place', async () => {
  await deployer.create(observe());
  const { Outputs = [] } = await deployer.update(observe({ value: 'pause', pattern: 'aws.s3', threshold: 3 }));
  expect(Outputs[0]?.OutputValue).toBe('String pause');
  const { Parameter } = await client(SSMClient).send(new GetParameterCommand({ Name: '/app/switch' }));
  expect(Parameter).toMatchObject({ Value: 'pause', Version: 2 });
  const { Rules } = await client(EventBridgeClient).send(new ListRulesCommand({}));
  expect(Rules?.[0]?.EventPattern).toBe('{"source":["aws.s3"]}');
  const { MetricAlarms } = await client(CloudWatchClient).send(new DescribeAlarmsCommand({ AlarmNames: ['errors'] }));
  expect(MetricAlarms?.[0]?.Threshold).toBe(3);
});

test('observation: nothing stays behind but a key that waits for its end', async () => {
  await deployer.create(observe());
  const { Key: KeyId } = await deployer.physicalIds();
  await deployer.delete();
  const { KeyMetadata } = await client(KMSClient).send(new DescribeKeyCommand({ KeyId }));
  expect(KeyMetadata?.KeyState).toBe('PendingDeletion');
  const left: (readonly unknown[] | undefined)[] = await Promise.all([
    client(CloudWatchClient)
      .send(new DescribeAlarmsCommand({}))
      .then((answer) => answer.MetricAlarms),
    client(CloudWatchLogsClient)
      .send(new DescribeLogGroupsCommand({}))
      .then((answer) => answer.logGroups),
    client(EventBridgeClient)
      .send(new ListRulesCommand({}))
      .then((answer) => answer.Rules),
    client(SNSClient)
      .send(new ListTopicsCommand({}))
      .then((answer) => answer.Topics),
    client(DynamoDBClient)
      .send(new ListTablesCommand({}))
      .then((answer) => answer.TableNames),
  ]);
  expect(left.flatMap((items) => items ?? [])).toEqual([]);
});

test('a parameter that breaks its own pattern takes the stack back', async () => {
  await deployer.create(observe());
  await deployer.update(observe({ value: 'wrong', threshold: 9 }), 'UPDATE_ROLLBACK_COMPLETE');
  const { MetricAlarms } = await client(CloudWatchClient).send(new DescribeAlarmsCommand({ AlarmNames: ['errors'] }));
  expect(MetricAlarms?.[0]?.Threshold).toBe(1);
});
