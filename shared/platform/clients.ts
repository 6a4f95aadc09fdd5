import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';

/**
 * API Gateway's management calls share 10 requests a second with everyone in the account, and a refused
 * `UpdateUsagePlan` stays refused for 20 s: a retry within the call only spends the budget. The next tick retries.
 */
export const apiGatewayClient = (): APIGatewayClient => new APIGatewayClient({ maxAttempts: 1 });

/** Elsewhere one retry covers a lost connection; whole ticks are retried by the schedule, never stacked here. */
const MAX_ATTEMPTS = 2;

export const cloudWatchClient = (): CloudWatchClient => new CloudWatchClient({ maxAttempts: MAX_ATTEMPTS });
export const dynamoDbClient = (): DynamoDBClient => new DynamoDBClient({ maxAttempts: MAX_ATTEMPTS });
export const eventBridgeClient = (): EventBridgeClient => new EventBridgeClient({ maxAttempts: MAX_ATTEMPTS });
export const sqsClient = (): SQSClient => new SQSClient({ maxAttempts: MAX_ATTEMPTS });
export const ssmClient = (): SSMClient => new SSMClient({ maxAttempts: MAX_ATTEMPTS });
