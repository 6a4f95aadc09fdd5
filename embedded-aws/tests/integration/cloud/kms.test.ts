import {
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  EnableKeyRotationCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  InvalidCiphertextException,
  KMSClient,
  KMSInvalidStateException,
  ListAliasesCommand,
  NotFoundException,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import type { Cloud } from '../../../cloud.ts';
import { clientOptions, startCloud } from '../../support/cloud.ts';

let cloud: Cloud;
let kms: KMSClient;
let KeyId: string;

beforeEach(async () => {
  ({ cloud } = await startCloud());
  kms = new KMSClient(clientOptions(cloud));
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Description: 'tidegate' }));
  KeyId = KeyMetadata?.KeyId ?? '';
  await kms.send(new CreateAliasCommand({ AliasName: 'alias/tidegate', TargetKeyId: KeyId }));
});
afterEach(async () => {
  kms.destroy();
  await cloud.close();
});

test('a key is found by id and by alias, and has a policy', async () => {
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: 'alias/tidegate' }));
  expect(KeyMetadata).toMatchObject({ KeyId, KeyState: 'Enabled', KeyManager: 'CUSTOMER' });
  const { Aliases } = await kms.send(new ListAliasesCommand({ KeyId }));
  expect(Aliases?.map(({ AliasName }) => AliasName)).toEqual(['alias/tidegate']);
  const { Policy } = await kms.send(new GetKeyPolicyCommand({ KeyId }));
  expect(JSON.parse(Policy ?? '')).toHaveProperty('Statement');
  await kms.send(new EnableKeyRotationCommand({ KeyId }));
  expect(await kms.send(new GetKeyRotationStatusCommand({ KeyId }))).toMatchObject({ KeyRotationEnabled: true });
});

test('what was encrypted opens with the same context only', async () => {
  const EncryptionContext = { table: 'state' };
  const Plaintext = Buffer.from('a secret');
  const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId, Plaintext, EncryptionContext }));
  const opened = await kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }));
  expect(Buffer.from(opened.Plaintext ?? [])).toEqual(Plaintext);
  await expect(kms.send(new DecryptCommand({ CiphertextBlob }))).rejects.toBeInstanceOf(InvalidCiphertextException);
});

test('a data key comes in the clear and encrypted', async () => {
  const { Plaintext, CiphertextBlob } = await kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' }));
  expect(Plaintext).toHaveLength(32);
  expect((await kms.send(new DecryptCommand({ CiphertextBlob }))).Plaintext).toEqual(Plaintext);
});

test('a key to be deleted is of no more use; an unknown one was never there', async () => {
  await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
  const use = kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x') }));
  await expect(use).rejects.toBeInstanceOf(KMSInvalidStateException);
  await expect(kms.send(new DescribeKeyCommand({ KeyId: 'no' }))).rejects.toBeInstanceOf(NotFoundException);
});
