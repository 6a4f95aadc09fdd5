import { parse } from 'yaml';

interface Step {
  readonly uses?: string;
  readonly run?: string;
}

interface Job {
  readonly 'timeout-minutes'?: number;
  readonly strategy?: { readonly matrix?: Readonly<Record<string, unknown>> };
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly permissions?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

/** The command once for each value of a matrix that it names. */
function expanded(command: string, matrix: Readonly<Record<string, unknown>>): string[] {
  const [placeholder, name] = /\$\{\{ matrix\.(\w+) \}\}/.exec(command) ?? [];
  const values = name === undefined ? undefined : matrix[name];
  if (placeholder === undefined || !Array.isArray(values)) return [command];
  return values.flatMap((value) => expanded(command.replaceAll(placeholder, String(value)), matrix));
}

/** The scripts that a command asks npm to run. */
const scriptsIn = (command: string): string[] =>
  [...command.matchAll(/\bnpm (?:run (?:--silent )?([\w:-]+)|(test))\b/g)].map(([, name, test]) => name ?? test ?? '');

function problemsOfJob(name: string, job: Job, scripts: readonly string[]): string[] {
  const commands = job.steps.flatMap(({ run = '' }) => expanded(run, job.strategy?.matrix ?? {}));
  const missing = commands.flatMap(scriptsIn).filter((script) => !scripts.includes(script));
  return [
    ...(job['timeout-minutes'] === undefined ? [`${name}: no timeout-minutes`] : []),
    ...missing.map((script) => `${name}: package.json has no script "${script}"`),
  ];
}

/**
 * What is wrong with a workflow of GitHub Actions: an action that is not pinned by its commit, with the version beside it; a
 * script that package.json lacks; a job without a time limit; more rights than to read.
 * @throws Error when the text is no YAML
 */
export function workflowProblems(text: string, scripts: readonly string[]): string[] {
  const { permissions, jobs } = parse(text) as Workflow;
  const unpinned = text
    .split('\n')
    .filter((line) => /\buses:/.test(line) && !/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line));
  const isReadOnly = JSON.stringify(permissions) === '{"contents":"read"}';
  return [
    ...unpinned.map((line) => `not pinned by commit and version: ${line.trim()}`),
    ...(isReadOnly ? [] : ['permissions: expected { contents: read } alone']),
    ...Object.entries(jobs).flatMap(([name, job]) => problemsOfJob(name, job, scripts)),
  ];
}
