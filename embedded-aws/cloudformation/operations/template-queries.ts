import type { GetTemplateSummaryInput, ValidateTemplateInput } from '@aws-sdk/client-cloudformation';
import type { Stacks } from '../engine/stacks.ts';
import type { Template } from '../template/template-model.ts';
import { loadTemplate, requiredCapabilities } from './definition.ts';

function parameterDeclarations(template: Template) {
  return Object.entries(template.parameters).map(([ParameterKey, declared]) => ({
    ParameterKey,
    ...(declared.default !== undefined && { DefaultValue: String(declared.default) }),
    NoEcho: declared.noEcho,
    ...(declared.description !== undefined && { Description: declared.description }),
  }));
}

function summaryOf(template: Template) {
  const Capabilities = requiredCapabilities(template);
  const reason = 'The following resource(s) require capabilities: [AWS::IAM::Role]';
  return {
    ...(template.description !== undefined && { Description: template.description }),
    ...(Capabilities.length > 0 && { Capabilities, CapabilitiesReason: reason }),
    DeclaredTransforms: [...template.transforms],
  };
}

export function templateQueries(stacks: Stacks) {
  return {
    ValidateTemplate: async (input: ValidateTemplateInput) => {
      const template = await loadTemplate(stacks, input);
      return { ...summaryOf(template), Parameters: parameterDeclarations(template) };
    },
    GetTemplateSummary: async (input: GetTemplateSummaryInput) => {
      const definition = input.StackName ? stacks.get(input.StackName, 'describe').definition : undefined;
      const template = definition?.template ?? (await loadTemplate(stacks, input));
      const types = new Set(Object.values(template.resources).map(({ type }) => type));
      return {
        ...summaryOf(template),
        Parameters: Object.entries(template.parameters).map(([ParameterKey, { type, noEcho }]) => ({
          ...{ ParameterKey, ParameterType: type, NoEcho: noEcho },
        })),
        ResourceTypes: [...types],
      };
    },
  };
}
