export interface AwsErrorDetails {
  /** HTTP status; 400 unless the operation's schema or this says otherwise. */
  status?: number;
  /** Further members of the error's shape, for example `{ retryAfterSeconds: '20' }`. */
  members?: Record<string, unknown>;
}

/** An error a caller may see: `code` is AWS's own name for it (`NotFoundException`), `message` AWS's own text. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number | undefined;
  readonly members: Record<string, unknown>;

  constructor(code: string, message: string, details: AwsErrorDetails = {}) {
    super(message);
    this.code = code;
    this.name = code;
    this.status = details.status;
    this.members = details.members ?? {};
  }
}

export class NotImplemented extends AwsError {
  constructor(service: string, operation: string) {
    super('NotImplemented', `The embedded AWS does not implement ${service}:${operation}.`, { status: 501 });
  }
}
