import { AwsError } from '../../kernel/aws-error.ts';

/** @throws always: 404 `NotFoundException` */
export function notFound(message: string): never {
  throw new AwsError('NotFoundException', message, { status: 404 });
}

/** @throws always: 400 `BadRequestException` */
export function badRequest(message: string): never {
  throw new AwsError('BadRequestException', message, { status: 400 });
}

/** @throws always: 409 `ConflictException` */
export function conflict(message: string): never {
  throw new AwsError('ConflictException', message, { status: 409 });
}
