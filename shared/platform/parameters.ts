import {
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  type SSMClient,
  type Parameter as SsmParameter,
} from '@aws-sdk/client-ssm';
import { isNotFound } from './errors.ts';
import type { EpochMs } from './units.ts';

/** A parameter with the version that its value is of. */
export interface Parameter {
  readonly name: string;
  readonly value: string;
  readonly version: number;
  /** When this version was put. */
  readonly modifiedMs?: EpochMs;
}

/** What we read of Parameter Store; nothing here ever writes one. */
export interface Parameters {
  /** All parameters below a path, by name. */
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
        found.push(...(page.Parameters ?? []).flatMap((parameter) => parameterOf(parameter) ?? []));
        token = page.NextToken;
      } while (token);
      return found.sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    one: async (name) => {
      try {
        return parameterOf((await client.send(new GetParameterCommand({ Name: name }))).Parameter ?? {});
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

function parameterOf(parameter: SsmParameter): Parameter | undefined {
  const { Name: name, Value: value, Version: version = 0, LastModifiedDate: modified } = parameter;
  if (name === undefined || value === undefined) return undefined;
  return { name, value, version, ...(modified && { modifiedMs: modified.getTime() }) };
}
