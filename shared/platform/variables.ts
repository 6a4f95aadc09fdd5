import { ConfigurationError } from './errors.ts';

/**
 * One environment variable, for a function that needs no more than that: the validated form, `readEnvironment`, brings
 * a schema library with it.
 * @throws ConfigurationError when it is not set.
 */
export function requireVariable(
  name: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const value = environment[name];
  if (!value) throw new ConfigurationError(`The environment variables are invalid. ${name}: is not set`);
  return value;
}
