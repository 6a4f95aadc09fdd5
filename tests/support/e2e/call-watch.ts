import { AwsError, type EmbeddedAws } from '@tidegate/embedded-aws/kernel';

/** A call that was refused for want of a permission. */
export interface Denial {
  /** The function, or the service principal that acted for one of our resources. */
  readonly who: string;
  readonly action: string;
  readonly resource: string;
}

const TEXT = /^User: (?<user>\S+) is not authorized to perform: (?<action>\S+) on resource: (?<resource>\S+) /;

/** Sees every call of a cloud from its construction on: notes denials, and can make an operation fail. */
export class CallWatch {
  /** Each denial once, in the order of their first appearance. */
  readonly denials: Denial[] = [];
  /** The operation that answers nothing but errors at present: `lambda:Invoke`. */
  outage: string | undefined;
  /** What the functions were allowed to do, and did: `tidegate-dev-control sqs:SendMessage`. */
  readonly used = new Set<string>();
  private readonly seen = new Set<string>();

  constructor(aws: EmbeddedAws) {
    aws.setInterceptor(async (service, operation, input, run, caller) => {
      if (caller.kind === 'function') {
        const { action } = aws.service(service)?.permission?.(operation, input) ?? {
          action: `${service}:${operation}`,
        };
        this.used.add(`${caller.functionName} ${action.replace(/^monitoring:/, 'cloudwatch:')}`);
      }
      if (this.outage === `${service}:${operation}`)
        throw new AwsError('ServiceException', 'An outage.', { status: 500 });
      try {
        return await run();
      } catch (error) {
        this.note(error as Error);
        throw error;
      }
    });
  }

  private note({ name, message }: Error): void {
    if (!name.startsWith('AccessDenied') || this.seen.has(message)) return;
    this.seen.add(message);
    const { user, action, resource } = TEXT.exec(message)?.groups ?? {};
    // A session of a role is named after its function.
    this.denials.push({
      who: user?.split('/').at(-1) ?? message,
      action: action ?? message,
      resource: resource ?? message,
    });
  }
}
