import { own } from '../../kernel/plain-records.ts';
import { FUNCTIONS, type FunctionBody } from './intrinsic-functions.ts';
import { asFunction, type Json, type JsonObject } from './json.ts';
import { validationError } from './template-model.ts';

/** What an expression may read. */
export interface Scope {
  readonly mappings: JsonObject;
  readonly hasLanguageExtensions: boolean;
  /** The value of a parameter, a pseudo parameter or a resource; `undefined` is AWS::NoValue. */
  ref(name: string): Json | undefined;
  attribute(logicalId: string, attribute: string): Json;
  condition(name: string): boolean;
  importValue(exportName: string): string;
}

/** Evaluates every function in `value`; `undefined` is AWS::NoValue, which removes the member that holds it. */
export function evaluate(value: Json, scope: Scope): Json | undefined {
  const call = asFunction(value);
  if (call) return callFunction(call.name, call.argument, scope);
  if (Array.isArray(value)) return value.map((item) => evaluate(item, scope)).filter((item) => item !== undefined);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).flatMap(([name, inner]) => {
    const result = evaluate(inner, scope);
    return result === undefined ? [] : [[name, result] as const];
  });
  return Object.fromEntries(entries);
}

/** As `evaluate`, for places where AWS::NoValue makes no sense. */
export function evaluateValue(value: Json, scope: Scope): Json {
  return evaluate(value, scope) ?? '';
}

export function evaluateObject(value: JsonObject, scope: Scope): JsonObject {
  return evaluate(value, scope) as JsonObject;
}

function callFunction(name: string, argument: Json, scope: Scope): Json | undefined {
  const body: FunctionBody | undefined = own(FUNCTIONS, name);
  if (!body) throw validationError(`Template error: the embedded AWS does not implement the function ${name}`);
  return body(argument, scope, (inner) => evaluateValue(inner, scope));
}
