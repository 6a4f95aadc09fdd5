import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';

/** The SDK itself waits for ever: one answer that never comes would cost the whole tick. */
const within = (requestTimeout: number) => ({ requestHandler: { requestTimeout, throwOnRequestTimeout: true } });
/** A hundred times what these services take. Two attempts each of a tick's reads of Parameter Store fit into its 30 s. */
const USUAL = within(3_000);
/** API Gateway's management is slower, and its writes are not tried again. */
const PATIENT = within(10_000);

/**
 * API Gateway's management calls share 10 requests a second with everyone in the account, and a refused
 * `UpdateUsagePlan` stays refused for 20 s: a retry within the call only spends the budget. The next tick retries.
 */
export const apiGatewayClient = (): APIGatewayClient => new APIGatewayClient({ maxAttempts: 1, ...PATIENT });

/** Elsewhere one retry covers a lost connection; whole ticks are retried by the schedule, never stacked here. */
const options = { maxAttempts: 2, ...USUAL } as const;

export const cloudWatchClient = (): CloudWatchClient => new CloudWatchClient(options);
export const dynamoDbClient = (): DynamoDBClient => new DynamoDBClient(options);
export const eventBridgeClient = (): EventBridgeClient => new EventBridgeClient(options);
export const sqsClient = (): SQSClient => new SQSClient(options);
export const ssmClient = (): SSMClient => new SSMClient(options);
