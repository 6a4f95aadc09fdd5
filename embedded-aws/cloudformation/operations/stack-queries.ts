import type {
  DescribeStackEventsInput,
  DescribeStackResourceInput,
  DescribeStackResourcesInput,
  DescribeStacksInput,
  GetStackPolicyInput,
  GetTemplateInput,
  ListExportsInput,
  ListStackResourcesInput,
  ListStacksInput,
  StackEvent,
} from '@aws-sdk/client-cloudformation';
import type { ResourceRecord } from '../engine/stack.ts';
import type { Stacks } from '../engine/stacks.ts';
import { validationError } from '../template/template-model.ts';
import { describeResource, describeStack, summarizeResource, summarizeStack } from './shapes.ts';
import { pageOf } from './stack-page.ts';

const PAGE_SIZE = 100;

function describeStacks(stacks: Stacks, { StackName, NextToken }: DescribeStacksInput) {
  const found = StackName ? [stacks.get(StackName, 'describe')] : stacks.list().filter(({ isDeleted }) => !isDeleted);
  const { items, ...more } = pageOf(found, ({ id }) => id, NextToken, PAGE_SIZE);
  return { Stacks: items.map(describeStack), ...more };
}

function describeEvents(stacks: Stacks, { StackName, NextToken }: DescribeStackEventsInput) {
  const newestFirst = [...stacks.get(StackName, 'events').events].reverse();
  const { items, ...more } = pageOf<StackEvent>(newestFirst, ({ EventId }) => EventId ?? '', NextToken, PAGE_SIZE);
  return { StackEvents: items, ...more };
}

function resourceOf(stacks: Stacks, stackName: string | undefined, logicalId: string | undefined) {
  const stack = stacks.get(stackName, 'resource');
  const record = stack.resources.get(logicalId ?? '');
  if (!record) throw validationError(`Resource ${logicalId} does not exist for stack ${stack.name}`);
  return { stack, record };
}

function describeResources(stacks: Stacks, input: DescribeStackResourcesInput) {
  const holds = (record: ResourceRecord) => record.physical.id === input.PhysicalResourceId;
  const owner = stacks.list().find((stack) => !stack.isDeleted && [...stack.resources.values()].some(holds));
  if (!input.StackName && !owner) throw validationError(`Stack for ${input.PhysicalResourceId} does not exist`);
  const stack = input.StackName ? stacks.get(input.StackName, 'describe') : owner;
  if (!stack) return { StackResources: [] };
  const all = [...stack.resources.values()];
  const wanted = all.filter(({ logicalId }) => !input.LogicalResourceId || logicalId === input.LogicalResourceId);
  return { StackResources: wanted.slice(0, PAGE_SIZE).map((record) => describeResource(stack, record)) };
}

function listResources(stacks: Stacks, { StackName, NextToken }: ListStackResourcesInput) {
  const records = [...stacks.get(StackName, 'describe').resources.values()];
  const { items, ...more } = pageOf(records, ({ logicalId }) => logicalId, NextToken, PAGE_SIZE);
  return { StackResourceSummaries: items.map(summarizeResource), ...more };
}

function getTemplate(stacks: Stacks, { StackName }: GetTemplateInput) {
  const stack = stacks.get(StackName, 'describe');
  return { TemplateBody: stack.definition?.template.body ?? '', StagesAvailable: ['Original', 'Processed'] };
}

function listStacks(stacks: Stacks, { StackStatusFilter, NextToken }: ListStacksInput) {
  const wanted = stacks.list().filter(({ status }) => !StackStatusFilter?.length || StackStatusFilter.includes(status));
  const { items, ...more } = pageOf([...wanted].reverse(), ({ id }) => id, NextToken, PAGE_SIZE);
  return { StackSummaries: items.map(summarizeStack), ...more };
}

function listExports(stacks: Stacks, { NextToken }: ListExportsInput) {
  const living = stacks.list().filter(({ isDeleted }) => !isDeleted);
  const all = living.flatMap(({ id, outputs }) =>
    outputs.flatMap(({ exportName, value }) =>
      exportName === undefined ? [] : [{ ExportingStackId: id, Name: exportName, Value: value }],
    ),
  );
  const { items, ...more } = pageOf(all, ({ Name }) => Name, NextToken, PAGE_SIZE);
  return { Exports: items, ...more };
}

/** The operations that only read. */
export function stackQueries(stacks: Stacks) {
  return {
    DescribeStacks: (input: DescribeStacksInput) => describeStacks(stacks, input),
    DescribeStackEvents: (input: DescribeStackEventsInput) => describeEvents(stacks, input),
    DescribeStackResource: ({ StackName, LogicalResourceId }: DescribeStackResourceInput) => {
      const { stack, record } = resourceOf(stacks, StackName, LogicalResourceId);
      const { Timestamp, ...description } = describeResource(stack, record);
      return { StackResourceDetail: { ...description, LastUpdatedTimestamp: Timestamp } };
    },
    DescribeStackResources: (input: DescribeStackResourcesInput) => describeResources(stacks, input),
    ListStackResources: (input: ListStackResourcesInput) => listResources(stacks, input),
    GetTemplate: (input: GetTemplateInput) => getTemplate(stacks, input),
    GetStackPolicy: ({ StackName }: GetStackPolicyInput) => {
      const { policyBody } = stacks.get(StackName, 'events');
      return policyBody === undefined ? {} : { StackPolicyBody: policyBody };
    },
    ListStacks: (input: ListStacksInput) => listStacks(stacks, input),
    ListExports: (input: ListExportsInput) => listExports(stacks, input),
  };
}
