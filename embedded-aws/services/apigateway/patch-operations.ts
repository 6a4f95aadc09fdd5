import type { PatchOperation } from '@aws-sdk/client-api-gateway';
import { AwsError } from '../../kernel/aws-error.ts';
import { badRequest } from './apigateway-errors.ts';

const OPERATIONS = ['add', 'remove', 'move', 'test', 'replace', 'copy'];

/** A patch operation with its operands as text; what the caller left out is empty. */
export interface Patch {
  readonly op: string;
  readonly path: string;
  readonly value: string;
  readonly from: string;
}

/**
 * The operations of an update call, in their order.
 * @throws ValidationException naming every `op` that does not exist.
 */
export function readPatches(operation: string, operations: readonly PatchOperation[] | undefined): Patch[] {
  const patches = operations ?? [];
  const member = `${operation[0]?.toLowerCase()}${operation.slice(1)}Input.patchOperations`;
  const errors = patches.flatMap(({ op }, index) =>
    op !== undefined && OPERATIONS.includes(op)
      ? []
      : [
          `Value '${op}' at '${member}.${index + 1}.member.op' failed to satisfy constraint: Member must satisfy enum value set: [${OPERATIONS.join(', ')}]`,
        ],
  );
  if (errors.length > 0) {
    const count = `${errors.length} validation error${errors.length > 1 ? 's' : ''} detected`;
    throw new AwsError('ValidationException', `${count}: ${errors.join('; ')}`, { status: 400 });
  }
  return patches.map(({ op, path, value, from }) => ({
    op: op ?? '',
    path: path ?? '',
    value: value ?? '',
    from: from ?? '',
  }));
}

/** @throws BadRequestException as most resources of this service word it. */
export function invalidPath({ op, path }: Patch, allowed: readonly string[]): never {
  return badRequest(`Invalid patch path  '${path}' specified for op '${op}'. Must be one of: [${allowed.join(', ')}]`);
}

/** @throws BadRequestException when `value` is no number within the range. */
export function readNumber(name: string, value: string, { min, max }: { min: number; max: number }): number {
  const number = Number(value);
  if (value.trim() === '' || !(number >= min && number <= max)) {
    badRequest(`Invalid value '${value}' specified for ${name}. Must be a number from ${min} to ${max}`);
  }
  return number;
}

/** @throws BadRequestException when `value` is no whole number within the range. */
export function readInteger(name: string, value: string, range: { min: number; max: number }): number {
  const number = readNumber(name, value, range);
  return Number.isInteger(number)
    ? number
    : badRequest(`Invalid value '${value}' specified for ${name}. Must be a whole number`);
}
