import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readConfiguration } from '../../config/configuration.js';
import { explainProblems, parsePolicy } from '../../shared/policy/parse.ts';
import { CommandError } from '../laptop-command.ts';
import { PROJECT } from './serverless.ts';

/**
 * Checks the files that a person edits for a deploy, before anything is started for one.
 * @param source the folder of the service
 * @throws CommandError naming file, line and fix of every problem
 */
export async function checkConfiguration(source: string = PROJECT): Promise<void> {
  const { tiers, policy } = await readConfiguration(pathToFileURL(join(source, 'config/'))).catch((error: Error) => {
    throw new CommandError(error.message);
  });
  const parsed = parsePolicy(JSON.stringify({ ...policy, api: 'placeholder/dev' }), Object.keys(tiers));
  if (!parsed.ok) throw new CommandError(`config/policies/default.json: ${explainProblems(parsed.problems)}`);
}
