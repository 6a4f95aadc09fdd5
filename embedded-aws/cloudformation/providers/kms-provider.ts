import { count, document, documentText, flag, object, tagList, text } from './provider-schema.ts';
import { differs, resource } from './resource.ts';

const key = resource({
  type: 'AWS::KMS::Key',
  schema: object({
    BypassPolicyLockoutSafetyCheck: flag.optional(),
    Description: text.optional(),
    EnableKeyRotation: flag.optional(),
    Enabled: flag.optional(),
    KeyPolicy: document.optional(),
    KeySpec: text.optional(),
    KeyUsage: text.optional(),
    MultiRegion: flag.optional(),
    PendingWindowInDays: count.optional(),
    RotationPeriodInDays: count.optional(),
    Tags: tagList.optional(),
  }),
  replacement: ['KeySpec', 'KeyUsage', 'MultiRegion'],
  create: async ({ properties, call }) => {
    const { Description, KeySpec, KeyUsage, MultiRegion, KeyPolicy, Tags } = properties;
    const { KeyMetadata } = await call<{ KeyMetadata: { KeyId: string; Arn: string } }>('kms', 'CreateKey', {
      ...{ Description, KeySpec, KeyUsage, MultiRegion },
      ...(KeyPolicy && { Policy: documentText(KeyPolicy) }),
      ...(Tags && { Tags: Tags.map(({ Key, Value }) => ({ TagKey: Key, TagValue: Value })) }),
    });
    return { id: KeyMetadata.KeyId, attributes: { Arn: KeyMetadata.Arn, KeyId: KeyMetadata.KeyId } };
  },
  complete: async ({ properties, call }, { id: KeyId }) => {
    const { RotationPeriodInDays } = properties;
    if (properties.EnableKeyRotation) await call('kms', 'EnableKeyRotation', { KeyId, RotationPeriodInDays });
    if (properties.Enabled === false) await call('kms', 'DisableKey', { KeyId });
  },
  update: async ({ properties, call }, { id: KeyId }, previous) => {
    const { Description = '', KeyPolicy } = properties;
    if (differs(previous, properties, 'Description')) await call('kms', 'UpdateKeyDescription', { KeyId, Description });
    if (KeyPolicy && differs(previous, properties, 'KeyPolicy')) {
      await call('kms', 'PutKeyPolicy', { KeyId, PolicyName: 'default', Policy: documentText(KeyPolicy) });
    }
    if (differs(previous, properties, 'EnableKeyRotation')) {
      await call('kms', properties.EnableKeyRotation ? 'EnableKeyRotation' : 'DisableKeyRotation', { KeyId });
    }
    if (differs(previous, properties, 'Enabled')) {
      await call('kms', properties.Enabled === false ? 'DisableKey' : 'EnableKey', { KeyId });
    }
  },
  delete: ({ properties, call }, { id }) => {
    const { PendingWindowInDays = 30 } = properties;
    return call('kms', 'ScheduleKeyDeletion', { KeyId: id, PendingWindowInDays });
  },
});

const alias = resource({
  type: 'AWS::KMS::Alias',
  schema: object({ AliasName: text, TargetKeyId: text }),
  replacement: ['AliasName'],
  create: async ({ properties, call }) => {
    await call('kms', 'CreateAlias', properties);
    return { id: properties.AliasName };
  },
  update: async ({ properties, call }) => {
    await call('kms', 'UpdateAlias', properties);
  },
  delete: ({ call }, { id }) => call('kms', 'DeleteAlias', { AliasName: id }),
});

export const kmsTypes = [key, alias];
