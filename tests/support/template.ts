import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packagedService } from '../../rehearsal/deploy/package-cache.ts';
import { NOWHERE } from '../../rehearsal/deploy/sealed-environment.ts';

export interface Resource {
  readonly Type: string;
  readonly DependsOn?: string | readonly string[];
  readonly Properties: Readonly<Record<string, unknown>>;
}

export interface Template {
  readonly path: string;
  readonly text: string;
  readonly resources: Readonly<Record<string, Resource>>;
}

/** Findings of the validator that the framework itself causes; each says why it may stay. */
export const EXCUSED: Readonly<Record<string, string>> = {
  W3005: 'the framework adds DependsOn beside a GetAtt: redundant, harmless',
  W9002: 'the framework writes SourceArn of its permissions as a joined string',
};

/**
 * The packaged CloudFormation template, exactly as a deploy would send it.
 * @param source the folder of a service to package instead of this project
 */
export async function packagedTemplate(params: readonly string[] = [], source?: string): Promise<Template> {
  const options = { endpoint: NOWHERE, ...(source !== undefined && { source }) };
  const directory = await packagedService(['--stage', 'dev', ...params], options);
  const path = join(directory, 'cloudformation-template-update-stack.json');
  const text = await readFile(path, 'utf8');
  return { path, text, resources: (JSON.parse(text) as { Resources: Record<string, Resource> }).Resources };
}

export interface DeployedObjective {
  readonly latencyPercentile: number;
  readonly latencyMs: number;
  readonly errorShare: number;
}

/** The objective as each of those says that judge the backend by it: two alarms and the fail-safe. */
export function objectivesOf({ resources }: Template): Record<'alarms' | 'failSafe', DeployedObjective> {
  const latency = resources.BackendLatencyAlarm?.Properties;
  const errors = resources.ServerErrorShareAlarm?.Properties;
  const environment = resources.FailSafeLambdaFunction?.Properties.Environment as {
    readonly Variables: { readonly TIDEGATE_FAIL_SAFE: string };
  };
  return {
    alarms: {
      latencyPercentile: Number(String(latency?.ExtendedStatistic).replace(/^p/, '')),
      latencyMs: Number(latency?.Threshold),
      errorShare: Number(errors?.Threshold),
    },
    failSafe: JSON.parse(environment.Variables.TIDEGATE_FAIL_SAFE).objective,
  };
}

/**
 * Every resource of a type, with its name.
 * @throws Error when there is none: what is said of all of them would be said of nothing.
 */
export function ofType(template: Template, type: string): [string, Record<string, unknown>][] {
  const resources = Object.entries(template.resources).filter(([, { Type }]) => Type === type);
  if (resources.length === 0) throw new Error(`The template has no ${type}.`);
  return resources.map(([name, { Properties }]) => [name, Properties as Record<string, unknown>]);
}
