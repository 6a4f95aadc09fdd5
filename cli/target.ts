import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { EpochMs } from '../shared/platform/units.ts';

/** What the command needs of the world around it. */
export interface Surroundings {
  readonly ssm: (region: string) => SSMClient;
  readonly dynamoDb: (region: string) => DynamoDBClient;
  readonly now: () => EpochMs;
  readonly sleep: (ms: number) => Promise<void>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly say: (line: string) => void;
  readonly complain: (line: string) => void;
}

/** What the command was typed wrongly in; the message says what was expected. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What was asked for was not done, or nobody can say that it was; the message says why. */
export class NotDone extends Error {
  override readonly name = 'NotDone';
}

/** Options that every subcommand has. */
export interface TargetOptions {
  readonly stage: string;
  readonly name: string;
  readonly region?: string;
}

/** Which deployment, and which of its policies. */
export interface Target {
  readonly region: string;
  readonly stage: string;
  readonly name: string;
  readonly prefix: string;
  readonly policy: string;
  readonly override: string;
  readonly stateTable: string;
}

/** The Region that `serverless.yml` deploys to when none is named. */
const DEFAULT_REGION = 'us-east-1';
const NAME = /^[\w.-]+$/;

/** @throws UsageError for a name that no parameter can have. */
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
