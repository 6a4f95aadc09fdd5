import {
  GetParameterCommand,
  GetParametersByPathCommand,
  type SSMClient,
  type Parameter as SsmParameter,
} from '@aws-sdk/client-ssm';
import { isNotFound } from './errors.ts';

/** A parameter with the version that its value is of. */
export interface Parameter {
  readonly name: string;
  readonly value: string;
  readonly version: number;
}

/** What we read of Parameter Store; nothing here ever writes one. */
export interface Parameters {
  /** All parameters below a path, by name. */
  below(path: string): Promise<Parameter[]>;
  /** @returns undefined when there is no such parameter. */
  one(name: string): Promise<Parameter | undefined>;
}

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
  };
}

function parameterOf(parameter: SsmParameter): Parameter | undefined {
  const { Name: name, Value: value, Version: version } = parameter;
  return name === undefined || value === undefined ? undefined : { name, value, version: version ?? 0 };
}
