import {
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  type SSMClient,
  type Parameter as SsmParameter,
} from '@aws-sdk/client-ssm';
import { describeError, isNotFound } from '../errors.ts';
import type { EpochMs } from '../units.ts';

/** A parameter with the version that its value is of. */
export interface Parameter {
  readonly name: string;
  /** Decrypted, without a byte order mark; empty where `unreadable`. */
  readonly value: string;
  readonly version: number;
  /** When this version was put. */
  readonly modifiedMs?: EpochMs;
  /** Why a `SecureString` could not be decrypted, and what to do about it. */
  readonly unreadable?: string;
}

/** What we read of Parameter Store; nothing here ever writes one. */
export interface Parameters {
  /** All parameters below a path, by name. One that cannot be decrypted does not keep the others from being read. */
  below(path: string): Promise<Parameter[]>;
  /** @returns undefined when there is no such parameter. */
  one(name: string): Promise<Parameter | undefined>;
  /**
   * Who put a version, as an ARN; undefined when AWS does not tell, or no longer. Rationed: 3 calls a second and account.
   * @throws Error when AWS does not answer within three seconds
   */
  author(name: string, version: number): Promise<string | undefined>;
}

/** A brake waits for its author's name: no longer than this. */
const AUTHOR_TIMEOUT_MS = 3_000;

export function createParameters(client: SSMClient): Parameters {
  return {
    below: async (path) => {
      const found: Parameter[] = [];
      let token: string | undefined;
      // A page may be short, even empty, while there is a token: only its absence ends the list.
      do {
        const page = await client.send(
          new GetParametersByPathCommand({ Path: path, Recursive: true, ...(token ? { NextToken: token } : {}) }),
        );
        for (const parameter of page.Parameters ?? []) found.push(...(await decrypted(client, parameter)));
        token = page.NextToken;
      } while (token);
      return found.sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    one: async (name) => {
      try {
        const { Parameter: parameter = {} } = await client.send(new GetParameterCommand({ Name: name }));
        return (await decrypted(client, parameter))[0];
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    },
    author: async (name, version) => {
      const abortSignal = AbortSignal.timeout(AUTHOR_TIMEOUT_MS);
      let token: string | undefined;
      // The oldest version comes first.
      do {
        const input = { Name: name, ...(token ? { NextToken: token } : {}) };
        const page = await client.send(new GetParameterHistoryCommand(input), { abortSignal });
        const entry = page.Parameters?.find(({ Version }) => Version === version);
        if (entry) return entry.LastModifiedUser;
        token = page.NextToken;
      } while (token);
      return undefined;
    },
  };
}

/**
 * A parameter with its value in the clear; none when it is gone. Paths are read without decryption, for one key that may
 * not be used would make the whole page fail: each `SecureString` is then read by itself.
 */
async function decrypted(client: SSMClient, listed: SsmParameter): Promise<Parameter[]> {
  if (listed.Type !== 'SecureString') return parameterOf(listed);
  try {
    const { Name } = listed;
    const { Parameter: parameter = {} } = await client.send(new GetParameterCommand({ Name, WithDecryption: true }));
    return parameterOf(parameter);
  } catch (error) {
    if (isNotFound(error)) return [];
    return parameterOf({ ...listed, Value: '' }).map((each) => ({ ...each, unreadable: explainSealed(error) }));
  }
}

function explainSealed(error: unknown): string {
  return (
    `The parameter is a SecureString that could not be decrypted (${describeError(error)}). Fix: store the parameter as type String, or ` +
    'allow kms:Decrypt for the role of this function, through Parameter Store, in the policy of the key.'
  );
}

/** Editors on Windows begin a file with a byte order mark, which is no part of any document. */
function parameterOf(parameter: SsmParameter): Parameter[] {
  const { Name: name, Value: value, Version: version = 0, LastModifiedDate: modified } = parameter;
  if (name === undefined || value === undefined) return [];
  return [{ name, value: value.replace(/^\uFEFF/, ''), version, ...(modified && { modifiedMs: modified.getTime() }) }];
}
