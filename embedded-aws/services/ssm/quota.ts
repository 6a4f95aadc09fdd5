import { AwsError, type Caller } from '../../kernel/aws.ts';
import { own } from '../../kernel/plain-records.ts';
import type { Clock } from '../../kernel/simulation-clock.ts';

const RATES_RPS = { read: 40, write: 3 } as const;

/** Which of Parameter Store's two shared quotas an operation draws on; others have none. */
const KIND: Readonly<Record<string, keyof typeof RATES_RPS>> = {
  GetParameter: 'read',
  GetParameters: 'read',
  GetParametersByPath: 'read',
  PutParameter: 'write',
  DescribeParameters: 'write',
  GetParameterHistory: 'write',
  LabelParameterVersion: 'write',
  UnlabelParameterVersion: 'write',
};

/** Parameter Store's default throughput, shared by the whole account: token buckets that hold one second's worth. */
export class ThroughputQuota {
  private readonly clock: Clock;
  private readonly tokens = { read: RATES_RPS.read as number, write: RATES_RPS.write as number };
  private refilledMs = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /**
   * Spends one call. CloudFormation paces itself and is not counted.
   * @throws AwsError ThrottlingException when the second's calls are spent.
   */
  spend(operation: string, caller: Caller): void {
    const kind = own(KIND, operation);
    if (!kind || (caller.kind === 'service' && caller.principal === 'cloudformation.amazonaws.com')) return;
    this.refill();
    if (this.tokens[kind] < 1) throw new AwsError('ThrottlingException', 'Rate exceeded');
    this.tokens[kind] -= 1;
  }

  /** Makes both whole, as after a long silence. */
  fill(): void {
    Object.assign(this.tokens, RATES_RPS);
  }

  private refill(): void {
    const now = this.clock.now();
    const elapsedSeconds = Math.max(0, now - this.refilledMs) / 1000;
    this.refilledMs = now;
    for (const kind of ['read', 'write'] as const) {
      this.tokens[kind] = Math.min(RATES_RPS[kind], this.tokens[kind] + elapsedSeconds * RATES_RPS[kind]);
    }
  }
}
