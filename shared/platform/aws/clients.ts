import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';

/** The SDK has no timeout by default: one missing answer would cost the whole tick. */
const within = (requestTimeout: number) => ({ requestHandler: { requestTimeout, throwOnRequestTimeout: true } });
/** A hundred times the usual latency. Two attempts for each Parameter Store read of a tick fit into its 30 s. */
const USUAL = within(3_000);
/** API Gateway's management calls are slower, and its writes are not retried. */
const PATIENT = within(10_000);

/**
 * API Gateway's management calls share 10 requests a second with everyone in the account, and a refused
 * `UpdateUsagePlan` stays refused for 20 s: a retry within the call only spends the budget. The next tick retries.
 */
export const apiGatewayClient = (): APIGatewayClient => new APIGatewayClient({ maxAttempts: 1, ...PATIENT });

/** One retry covers a lost connection; the schedule retries whole ticks. */
const options = { maxAttempts: 2, ...USUAL } as const;

export const cloudWatchClient = (): CloudWatchClient => new CloudWatchClient(options);
export const dynamoDbClient = (): DynamoDBClient => new DynamoDBClient(options);
export const eventBridgeClient = (): EventBridgeClient => new EventBridgeClient(options);
export const sqsClient = (): SQSClient => new SQSClient(options);
export const ssmClient = (): SSMClient => new SSMClient(options);
