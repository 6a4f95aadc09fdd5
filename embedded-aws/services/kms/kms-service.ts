import type {
  CreateAliasRequest,
  CreateKeyRequest,
  DecryptRequest,
  EncryptRequest,
  GenerateDataKeyRequest,
  KeyMetadata,
  PutKeyPolicyRequest,
  ScheduleKeyDeletionRequest,
  TagResourceRequest,
  UpdateKeyDescriptionRequest,
} from '@aws-sdk/client-kms';
import {
  ACCOUNT_ID,
  type ConditionKeys,
  type EmbeddedAws,
  type Operation,
  type Permission,
  type PolicyDocument,
  type Service,
} from '../../kernel/aws.ts';
import { AwsError } from '../../kernel/aws-error.ts';
import { parsePolicy } from '../iam/policy-document.ts';
import { dataKey, decrypt, encrypt, keyIdOf } from './cipher.ts';
import { aliasArn, type KeyRecord, KeyStore } from './key-store.ts';

const DAY_MS = 86_400_000;
const LONGEST_WAIT_DAYS = 30;
const DATA_KEY_BYTES: Readonly<Record<string, number>> = { AES_256: 32, AES_128: 16 };

interface KeyInput {
  readonly KeyId?: string;
}

/** Key Management Service: symmetric keys, aliases, policies; encryption that is real in form and not in secrecy. */
export class KmsService implements Service {
  readonly name = 'kms';
  readonly isGuardedByResourcePolicy = true;
  readonly operations: Readonly<Record<string, Operation>>;
  private readonly aws: EmbeddedAws;
  private readonly store: KeyStore;

  constructor(aws: EmbeddedAws) {
    this.aws = aws;
    this.store = new KeyStore(aws);
    this.operations = { ...this.keyOperations(), ...this.aliasOperations(), ...this.cipherOperations() };
  }

  permission(operation: string, input: unknown): Permission {
    const { KeyId, CiphertextBlob } = input as Partial<DecryptRequest>;
    const reference = KeyId ?? (CiphertextBlob && keyIdOf(CiphertextBlob));
    return { action: `kms:${operation}`, resources: [this.store.find(reference ?? '')?.arn ?? reference ?? '*'] };
  }

  resourcePolicy(_operation: string, input: unknown): PolicyDocument | undefined {
    const { KeyId, CiphertextBlob } = input as Partial<DecryptRequest>;
    return this.store.find(KeyId ?? (CiphertextBlob ? keyIdOf(CiphertextBlob) : ''))?.policy;
  }

  conditionKeys(_operation: string, input: unknown): ConditionKeys {
    const { EncryptionContext = {} } = input as Partial<DecryptRequest>;
    const entries = Object.entries(EncryptionContext);
    return Object.fromEntries(entries.map(([name, value]) => [`kms:EncryptionContext:${name}`, value]));
  }

  private keyOperations(): Record<string, Operation> {
    const { store } = this;
    return {
      CreateKey: ({ Description = '', Policy, Tags }: CreateKeyRequest) => {
        const key = store.create(Description, Policy === undefined ? undefined : parsePolicy(Policy));
        for (const { TagKey = '', TagValue = '' } of Tags ?? []) key.tags.set(TagKey, TagValue);
        return { KeyMetadata: metadataOf(key) };
      },
      DescribeKey: ({ KeyId }: KeyInput) => ({ KeyMetadata: metadataOf(store.get(KeyId)) }),
      ListKeys: () => ({ Keys: [...store.keys.values()].map(({ id, arn }) => ({ KeyId: id, KeyArn: arn })) }),
      PutKeyPolicy: ({ KeyId, Policy }: PutKeyPolicyRequest) => {
        store.get(KeyId).policy = parsePolicy(Policy);
      },
      GetKeyPolicy: ({ KeyId }: KeyInput) => ({
        Policy: JSON.stringify(store.get(KeyId).policy),
        PolicyName: 'default',
      }),
      UpdateKeyDescription: ({ KeyId, Description = '' }: UpdateKeyDescriptionRequest) => {
        store.get(KeyId).description = Description;
      },
      EnableKey: ({ KeyId }: KeyInput) => {
        store.usable(KeyId, true).isEnabled = true;
      },
      DisableKey: ({ KeyId }: KeyInput) => {
        store.usable(KeyId, true).isEnabled = false;
      },
      EnableKeyRotation: ({ KeyId }: KeyInput) => {
        store.usable(KeyId).isRotating = true;
      },
      DisableKeyRotation: ({ KeyId }: KeyInput) => {
        store.usable(KeyId).isRotating = false;
      },
      GetKeyRotationStatus: ({ KeyId }: KeyInput) => ({ KeyRotationEnabled: store.get(KeyId).isRotating }),
      ScheduleKeyDeletion: (input: ScheduleKeyDeletionRequest) => this.scheduleDeletion(input),
      TagResource: ({ KeyId, Tags }: TagResourceRequest) => {
        for (const { TagKey = '', TagValue = '' } of Tags ?? []) store.get(KeyId).tags.set(TagKey, TagValue);
      },
      ListResourceTags: ({ KeyId }: KeyInput) => ({
        Tags: [...store.get(KeyId).tags].map(([TagKey, TagValue]) => ({ TagKey, TagValue })),
        Truncated: false,
      }),
    };
  }

  private aliasOperations(): Record<string, Operation> {
    const { store } = this;
    return {
      CreateAlias: ({ AliasName = '', TargetKeyId }: CreateAliasRequest) => {
        const { id } = store.get(TargetKeyId);
        if (store.aliases.has(AliasName)) {
          throw new AwsError('AlreadyExistsException', `An alias with the name ${aliasArn(AliasName)} already exists`);
        }
        store.aliases.set(AliasName, id);
      },
      UpdateAlias: ({ AliasName = '', TargetKeyId }: CreateAliasRequest) => {
        store.get(AliasName);
        store.aliases.set(AliasName, store.get(TargetKeyId).id);
      },
      DeleteAlias: ({ AliasName = '' }: { AliasName?: string }) => {
        store.get(AliasName);
        store.aliases.delete(AliasName);
      },
      ListAliases: ({ KeyId }: KeyInput) => ({
        Aliases: [...store.aliases]
          .filter(([, id]) => KeyId === undefined || store.get(KeyId).id === id)
          .map(([AliasName, TargetKeyId]) => ({ AliasName, TargetKeyId, AliasArn: aliasArn(AliasName) })),
        Truncated: false,
      }),
    };
  }

  private cipherOperations(): Record<string, Operation> {
    const { store, aws } = this;
    const seal = (key: KeyRecord, plaintext: Uint8Array, context: EncryptRequest['EncryptionContext']) =>
      encrypt(key.id, aws.ids.uuid('kms-nonce', key.id), plaintext, context);
    return {
      Encrypt: ({ KeyId, Plaintext = new Uint8Array(), EncryptionContext }: EncryptRequest) => {
        const key = store.usable(KeyId);
        return { CiphertextBlob: seal(key, Plaintext, EncryptionContext), KeyId: key.arn };
      },
      Decrypt: ({ CiphertextBlob = new Uint8Array(), EncryptionContext }: DecryptRequest) => {
        const key = store.find(keyIdOf(CiphertextBlob));
        if (!key) throw new AwsError('InvalidCiphertextException', '');
        return { Plaintext: decrypt(CiphertextBlob, EncryptionContext), KeyId: store.usable(key.id).arn };
      },
      GenerateDataKey: ({ KeyId, KeySpec, NumberOfBytes, EncryptionContext }: GenerateDataKeyRequest) => {
        const key = store.usable(KeyId);
        const byteCount = NumberOfBytes ?? DATA_KEY_BYTES[KeySpec ?? ''] ?? 32;
        const Plaintext = dataKey(aws.ids.uuid('kms-data-key', key.id), byteCount);
        return { Plaintext, CiphertextBlob: seal(key, Plaintext, EncryptionContext), KeyId: key.arn };
      },
    };
  }

  private scheduleDeletion({ KeyId, PendingWindowInDays = LONGEST_WAIT_DAYS }: ScheduleKeyDeletionRequest) {
    const key = this.store.usable(KeyId, true);
    const waitMs = PendingWindowInDays * DAY_MS;
    const deletionDate = new Date(this.aws.clock.now() + waitMs);
    key.deletionDate = deletionDate;
    this.aws.clock.after(waitMs, () => void this.store.keys.delete(key.id));
    return { KeyId: key.arn, DeletionDate: deletionDate, KeyState: 'PendingDeletion', PendingWindowInDays };
  }
}

const metadataOf = (key: KeyRecord): KeyMetadata => ({
  AWSAccountId: ACCOUNT_ID,
  KeyId: key.id,
  Arn: key.arn,
  CreationDate: key.createdAt,
  Enabled: key.isEnabled && !key.deletionDate,
  Description: key.description,
  KeyUsage: 'ENCRYPT_DECRYPT',
  KeyState: key.deletionDate ? 'PendingDeletion' : key.isEnabled ? 'Enabled' : 'Disabled',
  ...(key.deletionDate ? { DeletionDate: key.deletionDate } : {}),
  Origin: 'AWS_KMS',
  KeyManager: key.manager,
  KeySpec: 'SYMMETRIC_DEFAULT',
  EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
  MultiRegion: false,
});
