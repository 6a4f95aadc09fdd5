import { own } from '../../kernel/plain-records.ts';
import { evaluateObject, evaluateValue } from '../template/evaluate-value.ts';
import type { Json, JsonObject } from '../template/json.ts';
import { NO_VALUE, REGIONAL } from '../template/pseudo.ts';
import { references } from '../template/references.ts';
import type { Scope } from '../template/scope.ts';
import { LANGUAGE_EXTENSIONS, type TemplateResource, validationError } from '../template/template-model.ts';
import { typedParameters } from '../template/template-parameters.ts';
import { creationOrder, type Graph } from './graph.ts';
import type { StackDefinition, StackOutput } from './stack.ts';

/** What a template reads beyond itself and its parameters. */
export interface Surroundings {
  readonly stackId: string;
  readonly stackName: string;
  importValue(exportName: string): string;
}

/** What functions read of resources; the change-set preview answers with placeholders. */
export interface ResourceLookup {
  ref(logicalId: string): Json;
  attribute(logicalId: string, attribute: string): Json;
}

const unavailable: ResourceLookup = {
  ref: (logicalId) => {
    throw validationError(`Template error: resource ${logicalId} cannot be referenced here`);
  },
  attribute: (logicalId) => unavailable.ref(logicalId),
};

/** A template with its parameters: conditions decided, resources that they exclude left out, edges known. */
export class BoundTemplate {
  readonly definition: StackDefinition;
  readonly resources: ReadonlyMap<string, TemplateResource>;
  /** Only declared edges: DependsOn, Ref, Fn::GetAtt, Fn::Sub. */
  readonly graph: Graph;
  private readonly surroundings: Surroundings;
  private readonly parameters: Readonly<Record<string, Json>>;
  private readonly decided = new Map<string, boolean>();

  constructor(definition: StackDefinition, surroundings: Surroundings) {
    this.definition = definition;
    this.surroundings = surroundings;
    this.parameters = typedParameters(definition.template, definition.parameters);
    const active = Object.entries(definition.template.resources).filter(([, { condition }]) => this.holds(condition));
    this.resources = new Map(active);
    this.graph = new Map(active.map(([logicalId, resource]) => [logicalId, this.needs(resource)]));
    creationOrder(this.graph);
  }

  resolve(logicalId: string, lookup: ResourceLookup): JsonObject {
    return evaluateObject(this.resources.get(logicalId)?.properties ?? {}, this.scope(lookup));
  }

  resolveOutputs(lookup: ResourceLookup): StackOutput[] {
    const scope = this.scope(lookup);
    const outputs = Object.entries(this.definition.template.outputs).filter(([, { condition }]) =>
      this.holds(condition),
    );
    return outputs.map(([key, output]) => ({
      key,
      value: outputText(evaluateValue(output.value, scope)),
      ...(output.description !== undefined && { description: output.description }),
      ...(output.exportName !== undefined && { exportName: String(evaluateValue(output.exportName, scope)) }),
    }));
  }

  private needs(resource: TemplateResource): ReadonlySet<string> {
    const read = references(resource.properties, (name) => this.condition(name)).map(({ name }) => name);
    const { resources } = this.definition.template;
    const missing = read.filter((name) => name in resources && !this.resources.has(name));
    if (missing.length > 0) {
      throw validationError(
        `Template format error: Unresolved resource dependencies [${missing.join(', ')}] in the Resources block of the template`,
      );
    }
    return new Set([...resource.dependsOn, ...read].filter((name) => this.resources.has(name)));
  }

  private holds(condition: string | undefined): boolean {
    return condition === undefined || this.condition(condition);
  }

  private condition(name: string): boolean {
    const known = this.decided.get(name);
    if (known !== undefined) return known;
    const expression = own(this.definition.template.conditions, name);
    if (expression === undefined) throw validationError(`Template error: unresolved condition dependency ${name}`);
    const value = evaluateValue(expression, this.scope(unavailable)) === true;
    this.decided.set(name, value);
    return value;
  }

  private scope(lookup: ResourceLookup): Scope {
    return {
      mappings: this.definition.template.mappings,
      hasLanguageExtensions: this.definition.template.transforms.includes(LANGUAGE_EXTENSIONS),
      ref: (name) => this.ref(name, lookup),
      attribute: (logicalId, attribute) => lookup.attribute(logicalId, attribute),
      condition: (name) => this.condition(name),
      importValue: (exportName) => this.surroundings.importValue(exportName),
    };
  }

  private ref(name: string, lookup: ResourceLookup): Json | undefined {
    if (name === NO_VALUE) return undefined;
    if (name === 'AWS::StackId') return this.surroundings.stackId;
    if (name === 'AWS::StackName') return this.surroundings.stackName;
    if (name === 'AWS::NotificationARNs') return [...this.definition.notificationArns];
    return own(REGIONAL, name) ?? own(this.parameters, name) ?? lookup.ref(name);
  }
}

function outputText(value: Json): string {
  if (typeof value === 'object')
    throw validationError('Template format error: The Value field of every Outputs member must evaluate to a String.');
  return String(value);
}
