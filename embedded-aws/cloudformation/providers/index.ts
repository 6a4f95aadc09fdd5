import type { EmbeddedAws } from '../../kernel/aws.ts';
import type { ResourceTypes } from '../engine/resource-type.ts';
import { restApiTypes } from './apigateway/apigateway-api.ts';
import { apiExtraTypes } from './apigateway/apigateway-extras.ts';
import { planTypes } from './apigateway/apigateway-plans.ts';
import { stageTypes } from './apigateway/apigateway-stage.ts';
import { cloudWatchTypes } from './cloudwatch-provider.ts';
import { dynamoDbTypes } from './dynamodb-provider.ts';
import { eventsTypes } from './events-provider.ts';
import { iamTypes } from './iam-provider.ts';
import { kmsTypes } from './kms-provider.ts';
import { lambdaFunctionTypes } from './lambda-function.ts';
import { lambdaTriggerTypes } from './lambda-triggers.ts';
import { logsTypes } from './logs-provider.ts';
import type { ResourceDefinition } from './resource.ts';
import { s3Types } from './s3-provider.ts';
import { snsTypes } from './sns-provider.ts';
import { sqsTypes } from './sqs-provider.ts';
import { ssmTypes } from './ssm-provider.ts';

const DEFINITIONS: readonly ResourceDefinition[] = [
  ...[...restApiTypes, ...stageTypes, ...planTypes, ...apiExtraTypes],
  ...[...lambdaFunctionTypes, ...lambdaTriggerTypes, ...iamTypes, ...kmsTypes, ...s3Types, ...ssmTypes],
  ...[...cloudWatchTypes, ...logsTypes, ...eventsTypes, ...sqsTypes, ...snsTypes, ...dynamoDbTypes],
];

/** The resource types of the embedded AWS, acting on `aws`. */
export function providedTypes(aws: EmbeddedAws): ResourceTypes {
  return new Map(DEFINITIONS.map((define) => define(aws)).map((provided) => [provided.type, provided]));
}
