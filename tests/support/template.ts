import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packagedService } from '../../rehearsal/deploy/package-cache.ts';

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

/** The packaged CloudFormation template, exactly as a deploy would send it. */
export async function packagedTemplate(params: readonly string[] = []): Promise<Template> {
  const directory = await packagedService(['--stage', 'dev', ...params], { endpoint: 'http://127.0.0.1:1' });
  const path = join(directory, 'cloudformation-template-update-stack.json');
  const text = await readFile(path, 'utf8');
  return { path, text, resources: (JSON.parse(text) as { Resources: Record<string, Resource> }).Resources };
}

export const ofType = (template: Template, type: string): [string, Record<string, unknown>][] =>
  Object.entries(template.resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([name, resource]) => [name, resource.Properties as Record<string, unknown>]);
