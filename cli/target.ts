import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { EpochMs } from '../shared/platform/units.ts';

/** The clients, clock and output that the command uses. */
export interface Surroundings {
  readonly ssm: (region: string) => SSMClient;
  readonly dynamoDb: (region: string) => DynamoDBClient;
  /** The time of the services, by which documents and decisions are dated. */
  readonly serviceNow: () => Promise<EpochMs>;
  /** The time by which the command waits. */
  readonly now: () => EpochMs;
  readonly sleep: (ms: number) => Promise<void>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly say: (line: string) => void;
  readonly complain: (line: string) => void;
}

/** The arguments are invalid; the message says what was expected. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The request was not carried out, or the result is unknown; the message says why. */
export class NotDoneError extends Error {
  override readonly name = 'NotDoneError';
}

/** Options that every subcommand has. */
export interface TargetOptions {
  readonly stage: string;
  readonly name: string;
  readonly region?: string;
}

/** A deployment and one of its policies. */
export interface Target {
  readonly region: string;
  readonly stage: string;
  readonly name: string;
  readonly prefix: string;
  readonly policy: string;
  readonly override: string;
  readonly stateTable: string;
}

/** The default Region of `serverless.yml`. */
const DEFAULT_REGION = 'us-east-1';
const NAME = /^[\w.-]+$/;

/** @throws UsageError for a name that is invalid for a parameter */
export function targetOf({ stage, name, region }: TargetOptions, { environment }: Surroundings): Target {
  for (const [option, value] of Object.entries({ stage, name })) {
    if (NAME.test(value)) continue;
    throw new UsageError(`--${option}: expected letters, digits, "_", "-" and "."; found "${value}".`);
  }
  const prefix = `/tidegate/${stage}`;
  return {
    region: region ?? environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION ?? DEFAULT_REGION,
    stage,
    name,
    prefix,
    policy: `${prefix}/policies/${name}`,
    override: `${prefix}/overrides/${name}`,
    stateTable: `tidegate-${stage}-state`,
  };
}
