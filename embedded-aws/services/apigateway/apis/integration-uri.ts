import type { PutIntegrationRequest } from '@aws-sdk/client-api-gateway';
import { functionArnOf } from '../../../gateway/request/integration.ts';
import { NotImplemented } from '../../../kernel/aws-error.ts';
import { badRequest } from '../apigateway-errors.ts';
import type { Given } from '../given.ts';

/** @throws BadRequestException for a malformed URI; NotImplemented for what the data plane cannot run */
export function checkIntegrationUri(input: Given<PutIntegrationRequest>): void {
  if (input.type === 'MOCK') return;
  if (input.type !== 'AWS_PROXY') throw new NotImplemented('apigateway', `PutIntegration of type ${input.type}`);
  const uri = input.uri ?? '';
  if (!/^arn:aws:apigateway:[\w-]+:[\w-]+:/.test(uri)) badRequest('Invalid ARN specified in the request');
  if (!/^arn:aws:apigateway:[\w-]+:[\w-]+:(?:path|action)\//.test(uri)) {
    badRequest('AWS ARN for integration must contain path or action');
  }
  if (functionArnOf(uri) === undefined) {
    badRequest(
      "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.",
    );
  }
}
