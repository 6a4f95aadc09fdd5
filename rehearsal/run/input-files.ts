import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { policySchema } from '../../shared/policy/schema/policy-schema.ts';
import type { Scenario } from '../world/scenario.ts';
import { SCENARIOS } from '../world/scenarios/index.ts';
import { traceScenario } from '../world/scenarios/recorded-trace.ts';
import { parseTrace, TraceError } from '../world/traffic/trace-file.ts';
import { describeReading } from '../world/traffic/trace-reading.ts';
import { type PolicyDocument, parsePolicyDocument } from './rehearsal-policy.ts';
import { type RehearseArguments, UsageError } from './rehearse-arguments.ts';

const toStandardError = (line: string): void => void process.stderr.write(`${line}\n`);

/**
 * @param say called with each line of the account of a recording
 * @throws UsageError if a file is missing or invalid
 */
export async function loadScenario(options: RehearseArguments, say = toStandardError): Promise<Scenario> {
  if (options.trace === undefined) return SCENARIOS.get(options.scenario ?? '') as Scenario;
  const csv = await readText('--trace', options.trace);
  try {
    const trace = parseTrace(csv);
    for (const line of describeReading(trace.reading)) say(`${options.trace}: ${line}`);
    return traceScenario(trace, options.peak);
  } catch (error) {
    if (error instanceof TraceError) throw new UsageError(`--trace ${options.trace}: ${error.message}`);
    throw error;
  }
}

/** @throws UsageError naming every problem of the document. */
export async function loadPolicy(options: RehearseArguments): Promise<PolicyDocument | undefined> {
  if (options.policy === undefined) return undefined;
  const text = await readText('--policy', options.policy);
  try {
    const document = parsePolicyDocument(text);
    // The API is known only after the deploy; everything else is checked now.
    policySchema.parse({ ...document, api: 'placeholder/dev' });
    return document;
  } catch (error) {
    const problem = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new UsageError(`--policy ${options.policy}: ${problem}`);
  }
}

async function readText(option: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${option} ${path}: cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}
