import type { Json, JsonObject } from './json.ts';

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
