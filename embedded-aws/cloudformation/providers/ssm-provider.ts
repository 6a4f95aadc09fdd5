import * as z from 'zod';
import { object, text, textMap } from './provider-schema.ts';
import { resource } from './resource.ts';

const parameterSchema = object({
  AllowedPattern: text.optional(),
  DataType: text.optional(),
  Description: text.optional(),
  Name: text.optional(),
  Policies: text.optional(),
  Tags: textMap.optional(),
  Tier: text.optional(),
  // As AWS: a template cannot create a SecureString.
  Type: z.enum(['String', 'StringList']),
  Value: text,
});

const parameter = resource({
  type: 'AWS::SSM::Parameter',
  schema: parameterSchema,
  replacement: ['Name'],
  nameProperty: 'Name',
  attributes: ({ Type, Value }) => ({ Type, Value }),
  create: async ({ properties: { Tags, ...input }, call, generatedName }) => {
    const Name = input.Name ?? generatedName();
    const tags = Tags && Object.entries(Tags).map(([Key, Value]) => ({ Key, Value }));
    await call('ssm', 'PutParameter', { ...input, Name, Tags: tags });
    return { id: Name };
  },
  update: async ({ properties: { Tags: _tags, ...input }, call }, { id: Name }) => {
    await call('ssm', 'PutParameter', { ...input, Name, Overwrite: true });
  },
  delete: ({ call }, { id }) => call('ssm', 'DeleteParameter', { Name: id }),
});

export const ssmTypes = [parameter];
