import type { EmbeddedAws } from '../../kernel/aws.ts';
import type { ResourceTypes } from '../engine/resource-type.ts';
import { restApiTypes } from './apigateway-api.ts';
import { apiExtraTypes } from './apigateway-extras.ts';
import { planTypes } from './apigateway-plans.ts';
import { stageTypes } from './apigateway-stage.ts';
import { cloudWatchTypes } from './cloudwatch.ts';
import { dynamoDbTypes } from './dynamodb.ts';
import { eventsTypes } from './events.ts';
import { iamTypes } from './iam.ts';
import { kmsTypes } from './kms.ts';
import { lambdaFunctionTypes } from './lambda-function.ts';
import { lambdaTriggerTypes } from './lambda-triggers.ts';
import { logsTypes } from './logs.ts';
import type { ResourceDefinition } from './resource.ts';
import { s3Types } from './s3.ts';
import { snsTypes } from './sns.ts';
import { sqsTypes } from './sqs.ts';
import { ssmTypes } from './ssm.ts';

const DEFINITIONS: readonly ResourceDefinition[] = [
  ...[...restApiTypes, ...stageTypes, ...planTypes, ...apiExtraTypes],
  ...[...lambdaFunctionTypes, ...lambdaTriggerTypes, ...iamTypes, ...kmsTypes, ...s3Types, ...ssmTypes],
  ...[...cloudWatchTypes, ...logsTypes, ...eventsTypes, ...sqsTypes, ...snsTypes, ...dynamoDbTypes],
];

/** The resource types of the embedded AWS, acting on `aws`. */
export function providedTypes(aws: EmbeddedAws): ResourceTypes {
  return new Map(DEFINITIONS.map((define) => define(aws)).map((provided) => [provided.type, provided]));
}
