import { AwsError } from '../../kernel/aws-error.ts';
import type { Json, JsonObject } from './json.ts';

export type RemovalPolicy = 'Delete' | 'Retain' | 'RetainExceptOnCreate' | 'Snapshot';

export interface TemplateResource {
  readonly type: string;
  readonly properties: JsonObject;
  readonly dependsOn: readonly string[];
  readonly condition?: string;
  readonly deletionPolicy: RemovalPolicy;
  readonly updateReplacePolicy: RemovalPolicy;
  readonly metadata?: Json;
}

export interface ParameterDeclaration {
  readonly type: string;
  readonly default?: Json;
  readonly noEcho: boolean;
  readonly allowedValues?: readonly string[];
  readonly allowedPattern?: string;
  readonly constraintDescription?: string;
  readonly description?: string;
}

export interface OutputDeclaration {
  readonly value: Json;
  readonly description?: string;
  readonly condition?: string;
  readonly exportName?: Json;
}

/** A template as written, before conditions and functions are evaluated. Records keep the order of declaration. */
export interface Template {
  readonly body: string;
  readonly description?: string;
  readonly transforms: readonly string[];
  readonly parameters: Readonly<Record<string, ParameterDeclaration>>;
  readonly mappings: JsonObject;
  readonly conditions: JsonObject;
  readonly resources: Readonly<Record<string, TemplateResource>>;
  readonly outputs: Readonly<Record<string, OutputDeclaration>>;
}

export const LANGUAGE_EXTENSIONS = 'AWS::LanguageExtensions';

export function validationError(message: string): AwsError {
  return new AwsError('ValidationError', message, { status: 400 });
}

export function formatError(message: string): AwsError {
  return validationError(`Template format error: ${message}`);
}
