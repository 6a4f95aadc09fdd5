import {
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  type SSMClient,
  type Parameter as SsmParameter,
} from '@aws-sdk/client-ssm';
import { describeError, isNotFound } from '../errors.ts';
import type { EpochMs } from '../units.ts';

/** A parameter's value with its version. */
export interface Parameter {
  readonly name: string;
  /** The decrypted value, without a byte order mark; empty if `unreadable` is set. */
  readonly value: string;
  readonly version: number;
  /** When this version was stored. */
  readonly modifiedMs?: EpochMs;
  /** Why a `SecureString` could not be decrypted, and how to fix that. */
  readonly unreadable?: string;
  /** The parameter is a `SecureString`, or might be one: nothing may show its value. */
  readonly isSecret?: true;
}

/** The reads of Parameter Store; the functions never write a parameter. */
export interface Parameters {
  /** All parameters below a path, by name. A parameter that cannot be decrypted does not prevent reading the others. */
  below(path: string): Promise<Parameter[]>;
  /** @returns undefined when there is no such parameter. */
  one(name: string): Promise<Parameter | undefined>;
  /**
   * The author of a version, as an ARN; undefined if AWS does not report it, or no longer. AWS allows 3 calls per second and
   * account.
   * @throws Error if AWS does not answer within three seconds
   */
  author(name: string, version: number): Promise<string | undefined>;
}

/** The longest time that an override waits for its author's name. */
const AUTHOR_TIMEOUT_MS = 3_000;

export function createParameters(client: SSMClient): Parameters {
  return {
    below: async (path) => {
      const found: Parameter[] = [];
      let token: string | undefined;
      // A page may be short or even empty; only a missing token ends the list.
      do {
        const page = await client.send(
          new GetParametersByPathCommand({ Path: path, Recursive: true, ...(token ? { NextToken: token } : {}) }),
        );
        const listed = page.Parameters ?? [];
        found.push(...(await Promise.all(listed.map((each) => decrypted(client, each)))).flat());
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
 * The parameter with its decrypted value; empty if the parameter is gone. Paths are read without decryption, because one
 * forbidden key would fail the whole page; each `SecureString` is then read by itself.
 */
async function decrypted(client: SSMClient, listed: SsmParameter): Promise<Parameter[]> {
  if (listed.Type !== 'SecureString') return parameterOf(listed);
  try {
    const { Name, Type } = listed;
    const { Parameter: parameter = {} } = await client.send(new GetParameterCommand({ Name, WithDecryption: true }));
    return parameterOf({ ...parameter, Type });
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

/** Removes the byte order mark with which editors on Windows begin a file. */
function parameterOf(parameter: SsmParameter): Parameter[] {
  const { Name: name, Value, Version: version = 0, LastModifiedDate: modified } = parameter;
  if (name === undefined || Value === undefined) return [];
  const value = Value.replace(/^\uFEFF/, '');
  const isSecret = parameter.Type === 'SecureString';
  return [{ name, value, version, ...(modified && { modifiedMs: modified.getTime() }), ...(isSecret && { isSecret }) }];
}
