import { AwsError, NotImplemented } from './aws-error.ts';
import { own } from './plain-records.ts';
import { hash32, Identifiers, type Random, seededRandom } from './random.ts';
import type { Clock } from './simulation-clock.ts';

export const REGION = 'us-east-1';
export const ACCOUNT_ID = '123456789012';

/** Who makes a call, and so whose permissions count. */
export type Caller =
  /** A person at the laptop: everything is allowed. */
  | { readonly kind: 'developer' }
  /** A deployed function: the policies of its role decide. `via` is the service that passes a call on in its name. */
  | { readonly kind: 'function'; readonly functionName: string; readonly roleArn: string; readonly via?: string }
  /**
   * An AWS service acting for a resource of its own: the target's resource policy decides. But
   * `cloudformation.amazonaws.com`, acting for the stack `sourceArn`, may do everything and spends no management quota:
   * it stands for a deployment, which AWS paces by itself.
   */
  | { readonly kind: 'service'; readonly principal: string; readonly sourceArn: string; readonly via?: string };

export const DEVELOPER: Caller = { kind: 'developer' };

export interface Call {
  readonly caller: Caller;
  readonly requestId: string;
}

/** What a call needs to be allowed to do: one IAM action on every one of the named resources. */
export interface Permission {
  readonly action: string;
  readonly resources: readonly string[];
}

/** `never` as input lets every operation state its own input type; the wire decodes to exactly that type. */
export type Operation = (input: never, call: Call) => unknown;

export interface Service {
  /** The SDK's own name for it in lower case as in its ARNs and credential scopes: `apigateway`, `monitoring`, `ssm` … */
  readonly name: string;
  readonly operations: Readonly<Record<string, Operation>>;
  /** The permission an operation needs; the default is `<name>:<Operation>` on `*`. */
  permission?(operation: string, input: unknown): Permission;
  /** A resource policy in force for a service principal on the resource that the input names; absent means "none". */
  resourcePolicy?(operation: string, input: unknown): PolicyDocument | undefined;
  /** Whether that policy decides about functions, too: their roles count only as far as it lets the account decide. */
  readonly isGuardedByResourcePolicy?: boolean;
  /** The condition keys of its own that a request has: `dynamodb:LeadingKeys`. */
  conditionKeys?(operation: string, input: unknown): ConditionKeys;
}

/** What is known of a request where conditions ask; several values where a request has several. */
export type ConditionKeys = Readonly<Record<string, string | readonly string[]>>;

export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: '*' | Readonly<Record<string, string | readonly string[]>>;
  readonly Action?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface PolicyDocument {
  readonly Version?: string;
  readonly Statement: readonly PolicyStatement[];
}

/** Decides whether a caller may; throws the service's AccessDenied error when not. Implemented in `embedded-aws/iam`. */
export type Authorize = (caller: Caller, service: Service, operation: string, input: unknown) => void;

/** Sees every call before it runs and may delay, fail, repeat or change it: where faults are injected. */
export type Interceptor = (
  service: string,
  operation: string,
  input: unknown,
  /** Runs the call, with another input if one is given. */
  run: (changed?: unknown) => Promise<unknown>,
  caller: Caller,
) => Promise<unknown>;

export interface AwsOptions {
  readonly clock: Clock;
  readonly seed: number;
}

/** The embedded AWS: services by name, one clock, one seed, one door (`call`) through which everything passes. */
export class EmbeddedAws {
  readonly clock: Clock;
  readonly ids = new Identifiers();
  private seed: number;
  private streams = new Map<string, Random>();
  private readonly services = new Map<string, Service>();
  private authorize: Authorize = () => {
    throw new Error('No authorizer was installed.');
  };
  private intercept: Interceptor | undefined;

  constructor(options: AwsOptions) {
    this.clock = options.clock;
    this.seed = options.seed;
  }

  install(service: Service): void {
    this.services.set(service.name, service);
  }

  setAuthorize(authorize: Authorize): void {
    this.authorize = authorize;
  }

  setInterceptor(intercept: Interceptor | undefined): void {
    this.intercept = intercept;
  }

  /** Starts every later `random` stream afresh: a rehearsal calls it once the deploy is done. */
  reseed(seed: number): void {
    this.seed = seed;
    this.streams = new Map();
  }

  /** A stream of random numbers that belongs to `name` alone; it may be kept, and follows `reseed`. */
  random(name: string): Random {
    return () => this.stream(name)();
  }

  private stream(name: string): Random {
    let stream = this.streams.get(name);
    if (!stream) {
      stream = seededRandom((hash32(name) ^ Math.imul(this.seed, 0x9e3779b1)) >>> 0);
      this.streams.set(name, stream);
    }
    return stream;
  }

  service(name: string): Service | undefined {
    return this.services.get(name);
  }

  /** Every installed service, by name. */
  get installed(): ReadonlyMap<string, Service> {
    return this.services;
  }

  /**
   * Calls an operation as `caller`, with its permissions checked.
   * @throws AwsError as AWS would answer; NotImplemented for an operation that is not implemented.
   */
  async call<Output = unknown>(
    caller: Caller,
    serviceName: string,
    operation: string,
    input: unknown,
  ): Promise<Output> {
    const service = this.services.get(serviceName);
    const run = service && own(service.operations, operation);
    if (!service || !run) throw new NotImplemented(serviceName, operation);
    const requestId = this.ids.uuid('request', serviceName);
    const perform = async (given = input) => {
      this.authorize(caller, service, operation, given);
      return await run.call(service.operations, given as never, { caller, requestId });
    };
    const output = this.intercept ? this.intercept(serviceName, operation, input, perform, caller) : perform();
    return (await output) as Output;
  }
}

export { AwsError, NotImplemented };
