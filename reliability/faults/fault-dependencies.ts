/** What a dependency is to the loop: it says which faults make sense. */
export type Role =
  /** Asked, and its answer used. */
  | 'read'
  /** Changes something, and its answer is the proof. */
  | 'write'
  /** Changes something; of its answer only success counts. */
  | 'record'
  /** Brings something, and somebody else tries again. */
  | 'delivery'
  /** A function of ours. */
  | 'function';

/** What has to be done for a dependency to be needed while the fault lasts. */
export type Provocation = 'cold control' | 'key directory' | 'alarm';

export interface Dependency {
  readonly name: string;
  readonly role: Role;
  /** The calls that are it, as a fault names them. */
  readonly calls: readonly string[];
  /** Of a function: the call by which others run it; absent when its queue does. */
  readonly run?: string;
  /** What it answers is taken from it by being answered. */
  readonly isTaken?: boolean;
  /** Nobody needs it while no limit moves. */
  readonly isIdleInCalm?: boolean;
  readonly provocation?: Provocation;
}

/** Everything that the loop depends on, as far as it can fail. */
export const DEPENDENCIES: readonly Dependency[] = [
  { name: 'GetMetricData', role: 'read', calls: ['monitoring.GetMetricData'] },
  { name: 'GetStage', role: 'read', calls: ['apigateway.GetStage'] },
  { name: 'UpdateStage', role: 'write', calls: ['apigateway.UpdateStage'], isIdleInCalm: true },
  { name: 'GetUsagePlans', role: 'read', calls: ['apigateway.GetUsagePlans'] },
  { name: 'UpdateUsagePlan', role: 'write', calls: ['apigateway.UpdateUsagePlan'], isIdleInCalm: true },
  { name: 'GetUsagePlanKeys', role: 'read', calls: ['apigateway.GetUsagePlanKeys'], provocation: 'key directory' },
  { name: 'GetAccount', role: 'read', calls: ['apigateway.GetAccount'], provocation: 'cold control' },
  { name: 'SSM reads', role: 'read', calls: ['ssm.Get*'] },
  { name: 'DynamoDB reads', role: 'read', calls: ['dynamodb.GetItem', 'dynamodb.Query'] },
  { name: 'DynamoDB writes', role: 'record', calls: ['dynamodb.PutItem', 'dynamodb.UpdateItem'] },
  { name: 'the lease', role: 'write', calls: ['dynamodb.UpdateItem["lease"]'] },
  { name: 'SQS', role: 'delivery', calls: ['sqs.SendMessage'], isIdleInCalm: true },
  { name: 'SQS polls', role: 'read', calls: ['sqs.ReceiveMessage'], isTaken: true, isIdleInCalm: true },
  { name: 'EventBridge', role: 'delivery', calls: ['events/lambda.Invoke', 'events.PutEvents'] },
  { name: 'log delivery', role: 'delivery', calls: ['logs/lambda.Invoke'] },
  { name: 'alarms', role: 'delivery', calls: ['alarms/lambda.Invoke', 'cloudwatch/sns.Publish'], provocation: 'alarm' },
  {
    name: 'control itself',
    role: 'function',
    calls: ['control/dynamodb.*', 'control/apigateway.*', 'control/ssm.*'],
    run: 'lambda.Invoke[-control"]',
  },
  {
    name: 'telemetry itself',
    role: 'function',
    calls: ['telemetry/dynamodb.*', 'telemetry/events.*'],
    run: 'lambda.Invoke[-telemetry"]',
  },
  {
    name: 'the plan writer itself',
    role: 'function',
    calls: ['planWriter/dynamodb.*', 'planWriter/apigateway.*'],
    isIdleInCalm: true,
  },
];
