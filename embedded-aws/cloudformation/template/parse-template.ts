import { isObject, type Json, type JsonObject } from './json.ts';
import {
  formatError,
  type OutputDeclaration,
  type ParameterDeclaration,
  type RemovalPolicy,
  type Template,
  type TemplateResource,
  validationError,
} from './template-model.ts';
import { parseText } from './yaml.ts';

const SECTIONS = new Set([
  ...['AWSTemplateFormatVersion', 'Conditions', 'Description', 'Mappings', 'Metadata', 'Outputs', 'Parameters'],
  ...['Resources', 'Rules', 'Transform'],
]);
const RESOURCE_MEMBERS = new Set([
  ...['Type', 'Properties', 'DependsOn', 'Condition', 'DeletionPolicy', 'UpdateReplacePolicy', 'Metadata'],
  ...['CreationPolicy', 'UpdatePolicy'],
]);
const POLICIES = ['Delete', 'Retain', 'RetainExceptOnCreate', 'Snapshot'] as const;

function section(document: JsonObject, name: string): JsonObject {
  const value = document[name] ?? {};
  if (!isObject(value)) throw formatError(`Every ${name} member must be an object.`);
  return value;
}

const texts = (value: Json | undefined): string[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value.map(String) : [String(value)];

function mapMembers<Value>(
  members: JsonObject,
  read: (name: string, value: JsonObject) => Value,
): Record<string, Value> {
  const read1 = ([name, value]: [string, Json]): [string, Value] => {
    if (!isObject(value)) throw formatError(`[${name}] must be an object.`);
    return [name, read(name, value)];
  };
  return Object.fromEntries(Object.entries(members).map(read1));
}

function parsePolicy(logicalId: string, name: string, value: Json | undefined): RemovalPolicy {
  const policy = POLICIES.find((known) => known === (value ?? 'Delete'));
  if (!policy) throw formatError(`Unrecognized ${name} ${String(value)} for resource ${logicalId}`);
  return policy;
}

function parseResource(logicalId: string, value: JsonObject): TemplateResource {
  if (!/^[A-Za-z0-9]+$/.test(logicalId)) throw formatError(`Resource name ${logicalId} is non alphanumeric.`);
  if (typeof value.Type !== 'string')
    throw formatError(`[/Resources/${logicalId}] Every Resources object must contain a Type member.`);
  const unknown = Object.keys(value).filter((member) => !RESOURCE_MEMBERS.has(member));
  if (unknown.length > 0) throw validationError(`Invalid template resource property '${unknown[0]}'`);
  const properties = value.Properties ?? {};
  if (!isObject(properties)) throw formatError(`[/Resources/${logicalId}] 'Properties' must be an object.`);
  return {
    type: value.Type,
    properties,
    dependsOn: texts(value.DependsOn),
    ...(typeof value.Condition === 'string' && { condition: value.Condition }),
    deletionPolicy: parsePolicy(logicalId, 'DeletionPolicy', value.DeletionPolicy),
    updateReplacePolicy: parsePolicy(logicalId, 'UpdateReplacePolicy', value.UpdateReplacePolicy),
    ...(value.Metadata !== undefined && { metadata: value.Metadata }),
  };
}

function parseParameter(_name: string, value: JsonObject): ParameterDeclaration {
  return {
    type: String(value.Type ?? 'String'),
    ...(value.Default !== undefined && { default: value.Default }),
    noEcho: String(value.NoEcho ?? false) === 'true',
    ...(Array.isArray(value.AllowedValues) && { allowedValues: value.AllowedValues.map(String) }),
    ...(typeof value.AllowedPattern === 'string' && { allowedPattern: value.AllowedPattern }),
    ...(typeof value.ConstraintDescription === 'string' && { constraintDescription: value.ConstraintDescription }),
    ...(typeof value.Description === 'string' && { description: value.Description }),
  };
}

function parseOutput(name: string, value: JsonObject): OutputDeclaration {
  if (value.Value === undefined) throw formatError(`Every Outputs member must contain a Value object: [${name}]`);
  return {
    value: value.Value,
    ...(typeof value.Description === 'string' && { description: value.Description }),
    ...(typeof value.Condition === 'string' && { condition: value.Condition }),
    ...(isObject(value.Export) && value.Export.Name !== undefined && { exportName: value.Export.Name }),
  };
}

/** Reads a template and its shape; what names what is checked by `validateTemplate`. @throws AwsError ValidationError. */
export function parseTemplate(body: string): Template {
  const document = parseText(body);
  const unknown = Object.keys(document).filter((name) => !SECTIONS.has(name));
  if (unknown.length > 0) throw validationError(`Invalid template property or properties [${unknown.join(', ')}]`);
  const resources = section(document, 'Resources');
  if (Object.keys(resources).length === 0) throw formatError('At least one Resources member must be defined.');
  return {
    body,
    ...(typeof document.Description === 'string' && { description: document.Description }),
    transforms: texts(document.Transform),
    parameters: mapMembers(section(document, 'Parameters'), parseParameter),
    mappings: section(document, 'Mappings'),
    conditions: section(document, 'Conditions'),
    resources: mapMembers(resources, parseResource),
    outputs: mapMembers(section(document, 'Outputs'), parseOutput),
  };
}
