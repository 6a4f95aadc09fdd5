import type { AddPermissionRequest } from '@aws-sdk/client-lambda';
import type { PolicyDocument, PolicyStatement } from '../../kernel/aws.ts';
import { AwsError } from '../../kernel/aws-error.ts';
import { type FunctionRecord, functionArn } from './function-record.ts';
import { conflict } from './function-store.ts';

/** Grants the use of a function to a service (or account). @throws ResourceConflictException for a used statement id. */
export function addPermission(record: FunctionRecord, input: AddPermissionRequest): PolicyStatement {
  const sid = input.StatementId ?? '';
  if (record.permissions.some((statement) => statement.Sid === sid)) {
    throw conflict(
      `The statement id (${sid}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
    );
  }
  const statement = statementOf(record, input);
  record.permissions.push(statement);
  return statement;
}

function statementOf(record: FunctionRecord, input: AddPermissionRequest): PolicyStatement {
  const principal = input.Principal ?? '';
  const conditions = {
    ...(input.SourceArn && { ArnLike: { 'AWS:SourceArn': input.SourceArn } }),
    ...(input.SourceAccount && { StringEquals: { 'AWS:SourceAccount': input.SourceAccount } }),
  };
  return {
    Sid: input.StatementId ?? '',
    Effect: 'Allow',
    Principal: principal === '*' ? '*' : principal.includes('.') ? { Service: principal } : { AWS: principal },
    Action: input.Action ?? '',
    Resource: functionArn(record.name, input.Qualifier),
    ...(Object.keys(conditions).length > 0 && { Condition: conditions }),
  };
}

export function removePermission(record: FunctionRecord, statementId: string | undefined): void {
  const index = record.permissions.findIndex((statement) => statement.Sid === statementId);
  if (index < 0) throw noPolicy(`Statement ${statementId} is not found in resource policy.`);
  record.permissions.splice(index, 1);
}

export function policyOf(record: FunctionRecord): (PolicyDocument & { Id: string }) | undefined {
  if (record.permissions.length === 0) return undefined;
  return { Version: '2012-10-17', Id: 'default', Statement: record.permissions };
}

export function noPolicy(message = 'The resource you requested does not exist.'): AwsError {
  return new AwsError('ResourceNotFoundException', message, { status: 404, members: { Type: 'User' } });
}
