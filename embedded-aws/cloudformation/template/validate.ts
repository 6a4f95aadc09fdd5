import type { Json } from './json.ts';
import { PSEUDO_PARAMETERS } from './pseudo.ts';
import { references } from './references.ts';
import { formatError, LANGUAGE_EXTENSIONS, type Template, validationError } from './template-model.ts';

export interface KnownTypes {
  has(type: string): boolean;
}

const list = (names: Iterable<string>): string => `[${[...new Set(names)].join(', ')}]`;

function checkTransforms(template: Template): void {
  const unknown = template.transforms.filter((name) => name !== LANGUAGE_EXTENSIONS);
  if (unknown.length > 0) throw validationError(`The embedded AWS does not implement the transform ${unknown[0]}`);
}

function checkTypes(template: Template, known: KnownTypes): void {
  const unknown = Object.entries(template.resources).filter(([, { type }]) => !known.has(type));
  if (unknown.length === 0) return;
  const where = unknown.map(([logicalId, { type }]) => `${logicalId} (${type})`).join(', ');
  throw formatError(
    `Unrecognized resource types: ${list(unknown.map(([, { type }]) => type))}; not known to the embedded AWS: ${where}`,
  );
}

function checkReferences(template: Template): void {
  const known = (name: string) =>
    name in template.resources || name in template.parameters || PSEUDO_PARAMETERS.has(name);
  const unknownIn = (value: Json) =>
    references(value)
      .filter(({ name }) => !known(name))
      .map(({ name }) => name);
  const resources = Object.values(template.resources);
  const unresolved = resources.flatMap((resource) => [
    ...unknownIn(resource.properties),
    ...resource.dependsOn.filter((name) => !(name in template.resources)),
  ]);
  if (unresolved.length > 0) {
    throw formatError(`Unresolved resource dependencies ${list(unresolved)} in the Resources block of the template`);
  }
  const outputs = Object.values(template.outputs).flatMap(({ value }) => unknownIn(value));
  if (outputs.length > 0) {
    throw formatError(`Unresolved resource dependencies ${list(outputs)} in the Outputs block of the template`);
  }
}

function checkConditions(template: Template): void {
  const used = [...Object.values(template.resources), ...Object.values(template.outputs)];
  const unknown = used.flatMap(({ condition }) =>
    condition && !(condition in template.conditions) ? [condition] : [],
  );
  if (unknown.length > 0) {
    throw formatError(`Unresolved condition dependency ${unknown[0]} in the Resources block of the template`);
  }
}

/** Checks that all a template names is there. @throws AwsError ValidationError with AWS's text. */
export function validateTemplate(template: Template, known: KnownTypes): void {
  checkTransforms(template);
  checkTypes(template, known);
  checkReferences(template);
  checkConditions(template);
}
