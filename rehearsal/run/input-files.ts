import { readFile } from 'node:fs/promises';
import { readDocument } from '../../shared/policy/document.ts';
import { explainProblems, parsePolicy } from '../../shared/policy/parse.ts';
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
  const document = readDocument(text);
  // The API is known only after the deploy; everything else is checked now.
  const checked =
    document.ok && isRecord(document.value) ? JSON.stringify({ ...document.value, api: 'placeholder/dev' }) : text;
  const parsed = parsePolicy(checked);
  const problems = [...(document.ok ? document.problems : []), ...(parsed.ok ? [] : parsed.problems)];
  if (problems.length > 0) throw new UsageError(`--policy ${options.policy}: ${explainProblems(problems)}`);
  return parsePolicyDocument(text);
}

const isRecord = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

async function readText(option: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${option} ${path}: cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}
