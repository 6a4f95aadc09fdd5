import { createHash } from 'node:crypto';

/** Request ids of one stage: unique, shaped like AWS's, and cheap enough for simulated traffic. */
export class RequestIds {
  private readonly uuidPrefix: string;
  private readonly extendedPrefix: string;
  private issued = 0;

  constructor(stage: string) {
    const digest = createHash('sha256').update(stage).digest();
    const hex = digest.toString('hex');
    this.uuidPrefix = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-`;
    this.extendedPrefix = digest.toString('base64url').slice(0, 7);
  }

  /** Moves on to the next request. */
  advance(): void {
    this.issued++;
  }

  get requestId(): string {
    return this.uuidPrefix + this.issued.toString(16).padStart(12, '0');
  }

  /** API Gateway's `x-amz-apigw-id`. */
  get extendedRequestId(): string {
    return `${this.extendedPrefix}${this.issued.toString(36).padStart(8, 'A')}=`;
  }
}
