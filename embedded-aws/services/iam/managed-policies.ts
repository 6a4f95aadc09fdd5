import type { PolicyDocument } from '../../kernel/aws.ts';

const allow = (...Action: string[]): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
});

const LOG_WRITING = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];
const LOG_READING = ['logs:DescribeLogGroups', 'logs:DescribeLogStreams', 'logs:GetLogEvents', 'logs:FilterLogEvents'];

/** The policies that AWS itself keeps, as far as this project attaches them. */
export const AWS_MANAGED_POLICIES: ReadonlyMap<string, PolicyDocument> = new Map([
  ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole', allow(...LOG_WRITING)],
  ['arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs', allow(...LOG_WRITING, ...LOG_READING)],
  ['arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess', allow('xray:PutTraceSegments', 'xray:PutTelemetryRecords')],
]);
