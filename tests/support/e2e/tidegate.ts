import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SSMClient } from '@aws-sdk/client-ssm';
import { runCommand } from '../../../cli/command.ts';
import type { Deployed } from '../../../rehearsal/deploy/in-process-deploy.ts';
import { live } from './deployed.ts';

export interface Typed {
  readonly code: number;
  readonly out: string[];
  readonly err: string;
  /** How many seconds of the cloud it took. */
  readonly seconds: number;
}

/** `tidegate …` at the cloud's own time, which passes while the command waits. */
export async function tidegate({ cloud }: Pick<Deployed, 'cloud'>, ...words: readonly string[]): Promise<Typed> {
  const [out, err]: [string[], string[]] = [[], []];
  const client = { endpoint: cloud.endpoint, credentials: { accessKeyId: 'developer', secretAccessKey: 'x' } };
  const startMs = cloud.clock.now();
  const code = await runCommand(words, {
    ssm: (region) => new SSMClient({ region, ...client }),
    dynamoDb: (region) => new DynamoDBClient({ region, ...client }),
    serviceNow: async () => cloud.clock.now(),
    now: () => cloud.clock.now(),
    sleep: (ms) => live(cloud, ms / 1000),
    environment: {},
    say: (line) => void out.push(line),
    complain: (line) => void err.push(line),
  });
  return { code, out, err: err.join('\n'), seconds: (cloud.clock.now() - startMs) / 1000 };
}
