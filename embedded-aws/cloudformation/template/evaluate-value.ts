import { own } from '../../kernel/plain-records.ts';
import { asList, FUNCTIONS, type FunctionBody } from './intrinsic-functions.ts';
import { asFunction, type Json, type JsonObject } from './json.ts';
import type { Scope } from './scope.ts';
import { validationError } from './template-model.ts';

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
  if (name === 'Fn::If') return choose(argument, scope);
  const body: FunctionBody | undefined = own(FUNCTIONS, name);
  if (!body) throw validationError(`Template error: the embedded AWS does not implement the function ${name}`);
  return body(argument, scope, (inner) => evaluateValue(inner, scope));
}

/** Only the branch that is taken is evaluated, and the branch may be AWS::NoValue. */
function choose(argument: Json, scope: Scope): Json | undefined {
  const [name, whenTrue, whenFalse] = asList(argument, 'Fn::If');
  return evaluate((scope.condition(String(name)) ? whenTrue : whenFalse) ?? null, scope);
}
