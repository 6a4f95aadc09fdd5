import { ConfigurationError } from './errors.ts';

/**
 * Reads one environment variable without the schema library that `readEnvironment` needs.
 * @throws ConfigurationError if the variable is not set
 */
export function requireVariable(
  name: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const value = environment[name];
  if (!value) throw new ConfigurationError(`The environment variables are invalid. ${name}: is not set`);
  return value;
}
