import type {
  Stack as StackDescription,
  StackResource,
  StackResourceSummary,
  StackSummary,
} from '@aws-sdk/client-cloudformation';
import { own } from '../../kernel/plain-records.ts';
import type { ResourceRecord, Stack } from '../engine/stack.ts';

const dateOf = (ms: number | undefined): Date | undefined => (ms === undefined ? undefined : new Date(ms));

const NO_DRIFT = { StackDriftStatus: 'NOT_CHECKED' as const };

function statusMembers({ status, statusReason, lastUpdatedMs, deletedMs }: Stack) {
  const LastUpdatedTime = dateOf(lastUpdatedMs);
  const DeletionTime = dateOf(deletedMs);
  return {
    StackStatus: status,
    ...(statusReason !== undefined && { StackStatusReason: statusReason }),
    ...(LastUpdatedTime && { LastUpdatedTime }),
    ...(DeletionTime && { DeletionTime }),
  };
}

/** NoEcho parameters show as asterisks. */
export function describeParameters({ definition }: Stack) {
  const declared = definition?.template.parameters ?? {};
  return Object.entries(definition?.parameters ?? {}).map(([ParameterKey, value]) => ({
    ParameterKey,
    ParameterValue: own(declared, ParameterKey)?.noEcho ? '****' : value,
  }));
}

export function describeStack(stack: Stack): StackDescription {
  const { definition, changeSetId } = stack;
  const parameters = describeParameters(stack);
  const outputs = stack.outputs.map(({ key, value, description, exportName }) => ({
    OutputKey: key,
    OutputValue: value,
    ...(description !== undefined && { Description: description }),
    ...(exportName !== undefined && { ExportName: exportName }),
  }));
  const description = definition?.template.description;
  return {
    StackId: stack.id,
    StackName: stack.name,
    ...(changeSetId !== undefined && !stack.isDeleted && { ChangeSetId: changeSetId }),
    ...(description !== undefined && { Description: description }),
    ...(parameters.length > 0 && { Parameters: parameters }),
    CreationTime: new Date(stack.createdMs),
    ...statusMembers(stack),
    RollbackConfiguration: {},
    DisableRollback: stack.disableRollback,
    NotificationARNs: [...(definition?.notificationArns ?? [])],
    Capabilities: [...(definition?.capabilities ?? [])] as StackDescription['Capabilities'] & {},
    ...(outputs.length > 0 && { Outputs: outputs }),
    ...(definition?.roleArn !== undefined && { RoleARN: definition.roleArn }),
    Tags: [...(definition?.tags ?? [])],
    ...(!stack.isDeleted && { EnableTerminationProtection: stack.isTerminationProtected }),
    DriftInformation: NO_DRIFT,
  };
}

export function summarizeStack(stack: Stack): StackSummary {
  const description = stack.definition?.template.description;
  return {
    StackId: stack.id,
    StackName: stack.name,
    ...(description !== undefined && { TemplateDescription: description }),
    CreationTime: new Date(stack.createdMs),
    ...statusMembers(stack),
    DriftInformation: NO_DRIFT,
  };
}

function resourceMembers({ logicalId, type, physical, status, statusReason }: ResourceRecord) {
  return {
    LogicalResourceId: logicalId,
    PhysicalResourceId: physical.id,
    ResourceType: type,
    ResourceStatus: status,
    ...(statusReason !== undefined && { ResourceStatusReason: statusReason }),
    DriftInformation: { StackResourceDriftStatus: 'NOT_CHECKED' as const },
  };
}

export function describeResource(stack: Stack, record: ResourceRecord): StackResource & { Timestamp: Date } {
  const Timestamp = new Date(record.timestampMs);
  return { StackId: stack.id, StackName: stack.name, ...resourceMembers(record), Timestamp };
}

export function summarizeResource(record: ResourceRecord): StackResourceSummary {
  return { ...resourceMembers(record), LastUpdatedTimestamp: new Date(record.timestampMs) };
}
