import type {
  CreateStackInput,
  CreateStackOutput,
  DeleteStackInput,
  SetStackPolicyInput,
  UpdateStackInput,
  UpdateTerminationProtectionInput,
} from '@aws-sdk/client-cloudformation';
import { AwsError } from '../../kernel/aws-error.ts';
import type { BoundTemplate } from '../engine/bound-template.ts';
import { createStack, deleteStack, type OnFailure, updateStack } from '../engine/operations.ts';
import { hasChanges, previewChanges } from '../engine/preview.ts';
import type { Stack } from '../engine/stack.ts';
import type { Stacks } from '../engine/stacks.ts';
import { validationError } from '../template/template-model.ts';
import { toDefinition } from './definition.ts';

const UPDATABLE = /^(CREATE|UPDATE|UPDATE_ROLLBACK|IMPORT|IMPORT_ROLLBACK)_COMPLETE$|^UPDATE_FAILED$|^CREATE_FAILED$/;

export function checkUpdatable(stack: Stack): void {
  if (UPDATABLE.test(stack.status)) return;
  throw validationError(`Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
}

export function startCreate(stacks: Stacks, stack: Stack, bound: BoundTemplate, onFailure: OnFailure): void {
  stack.definition = bound.definition;
  stack.setStatus('CREATE_IN_PROGRESS', 'User Initiated');
  stacks.run(stack, (context) => createStack(context, bound, onFailure));
}

export function startUpdate(stacks: Stacks, stack: Stack, bound: BoundTemplate): void {
  const { definition } = stack;
  const base = { definition, graph: definition ? stacks.bind(stack, definition).graph : new Map() };
  stack.definition = bound.definition;
  stack.lastUpdatedMs = stacks.aws.clock.now();
  stack.setStatus('UPDATE_IN_PROGRESS', 'User Initiated');
  stacks.run(stack, (context) => updateStack(context, base, bound));
}

function onFailureOf({ OnFailure, DisableRollback }: CreateStackInput): OnFailure {
  if (OnFailure !== undefined && DisableRollback !== undefined) {
    throw validationError('You must specify either DisableRollback or OnFailure, but not both.');
  }
  return DisableRollback ? 'DO_NOTHING' : (OnFailure ?? 'ROLLBACK');
}

async function create(stacks: Stacks, input: CreateStackInput): Promise<CreateStackOutput> {
  const name = input.StackName ?? '';
  const existing = stacks.find(name);
  if (existing && existing.status !== 'REVIEW_IN_PROGRESS') {
    throw new AwsError('AlreadyExistsException', `Stack [${name}] already exists`, { status: 400 });
  }
  const onFailure = onFailureOf(input);
  const definition = await toDefinition(stacks, input);
  const stack = existing ?? stacks.add(name);
  const bound = stacks.bind(stack, definition);
  stack.isTerminationProtected = input.EnableTerminationProtection ?? false;
  startCreate(stacks, stack, bound, onFailure);
  return { StackId: stack.id };
}

async function update(stacks: Stacks, input: UpdateStackInput): Promise<{ StackId: string }> {
  const stack = stacks.get(input.StackName, 'events');
  checkUpdatable(stack);
  const bound = stacks.bind(stack, await toDefinition(stacks, input, stack));
  if (!hasChanges(stack, bound, previewChanges(stack, bound, stacks.types))) {
    throw validationError('No updates are to be performed.');
  }
  stack.disableRollback = input.DisableRollback ?? false;
  if (input.StackPolicyBody !== undefined) stack.policyBody = input.StackPolicyBody;
  startUpdate(stacks, stack, bound);
  return { StackId: stack.id };
}

function checkDeletable(stacks: Stacks, stack: Stack): void {
  if (stack.isTerminationProtected) {
    throw validationError(`Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`);
  }
  if (stack.isInProgress && stack.status !== 'DELETE_IN_PROGRESS') {
    throw validationError(`Stack [${stack.id}] cannot be deleted while in status ${stack.status}`);
  }
  const [inUse] = stacks.importersOf(stack);
  if (inUse) {
    throw validationError(
      `Delete canceled. Cannot delete export ${inUse.exportName} as it is in use by ${inUse.importer.name}.`,
    );
  }
}

/** Deleting a stack that is absent, or that is being deleted, is no error. */
function remove(stacks: Stacks, { StackName, RetainResources }: DeleteStackInput): void {
  const stack = stacks.find(StackName ?? '');
  if (!stack || stack.isDeleted || stack.status === 'DELETE_IN_PROGRESS') return;
  checkDeletable(stacks, stack);
  const graph = stack.definition ? stacks.bind(stack, stack.definition).graph : new Map();
  stack.setStatus('DELETE_IN_PROGRESS', 'User Initiated');
  stacks.run(stack, (context) => deleteStack(context, graph, new Set(RetainResources ?? [])));
}

/** The operations that change stacks. They answer at once; the work goes on in the background. */
export function stackCommands(stacks: Stacks) {
  return {
    CreateStack: (input: CreateStackInput) => create(stacks, input),
    UpdateStack: (input: UpdateStackInput) => update(stacks, input),
    DeleteStack: (input: DeleteStackInput) => {
      remove(stacks, input);
      return {};
    },
    SetStackPolicy: ({ StackName, StackPolicyBody }: SetStackPolicyInput) => {
      stacks.get(StackName, 'events').policyBody = StackPolicyBody;
      return {};
    },
    UpdateTerminationProtection: ({ StackName, EnableTerminationProtection }: UpdateTerminationProtectionInput) => {
      const stack = stacks.get(StackName, 'describe');
      stack.isTerminationProtected = EnableTerminationProtection ?? false;
      return { StackId: stack.id };
    },
  };
}
