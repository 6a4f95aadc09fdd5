import type { Operation } from '../../kernel/aws.ts';
import { AwsError } from '../../kernel/aws-error.ts';
import type { Bucket } from './bucket.ts';

/** One setting of a bucket that is put, read and deleted as a whole. */
interface Setting {
  /** As in `Put<name>`, `Get<name>`. */
  readonly name: string;
  /** The member of the put that holds it. */
  readonly member: string;
  /** Answered while it was never put; an error's code and text, or a default. */
  readonly absent: readonly [code: string, message: string] | { readonly value: unknown };
  /** Whether a read returns the content of the member, or the member itself. */
  readonly isUnwrapped?: boolean;
  /** `Delete<name>` where AWS calls it differently. */
  readonly deleteName?: string;
}

const DEFAULT_ENCRYPTION = {
  Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: false }],
};

const SETTINGS: readonly Setting[] = [
  { name: 'BucketEncryption', member: 'ServerSideEncryptionConfiguration', absent: { value: DEFAULT_ENCRYPTION } },
  { name: 'BucketVersioning', member: 'VersioningConfiguration', absent: { value: {} }, isUnwrapped: true },
  { name: 'BucketPolicy', member: 'Policy', absent: ['NoSuchBucketPolicy', 'The bucket policy does not exist'] },
  {
    name: 'BucketTagging',
    member: 'Tagging',
    absent: ['NoSuchTagSet', 'The TagSet does not exist'],
    isUnwrapped: true,
  },
  {
    name: 'BucketLifecycleConfiguration',
    member: 'LifecycleConfiguration',
    absent: ['NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist'],
    isUnwrapped: true,
    deleteName: 'BucketLifecycle',
  },
  {
    name: 'PublicAccessBlock',
    member: 'PublicAccessBlockConfiguration',
    absent: ['NoSuchPublicAccessBlockConfiguration', 'The public access block configuration was not found'],
  },
  {
    name: 'BucketOwnershipControls',
    member: 'OwnershipControls',
    absent: ['OwnershipControlsNotFoundError', 'The bucket ownership controls were not found'],
  },
];

type Input = Readonly<Record<string, unknown>>;

/** Put, Get and Delete of every setting. */
export function settingOperations(bucketOf: (input: Input) => Bucket): Record<string, Operation> {
  return Object.assign({}, ...SETTINGS.map((setting) => operationsOf(setting, bucketOf)));
}

function operationsOf(setting: Setting, bucketOf: (input: Input) => Bucket): Record<string, Operation> {
  const { name, member } = setting;
  return {
    [`Put${name}`]: (input: Input) => void bucketOf(input).settings.set(name, input[member]),
    [`Get${name}`]: (input: Input) => {
      const value = bucketOf(input).settings.get(name) ?? absent(setting);
      return setting.isUnwrapped ? value : { [member]: value };
    },
    [`Delete${setting.deleteName ?? name}`]: (input: Input) => void bucketOf(input).settings.delete(name),
  };
}

function absent(setting: Setting): unknown {
  if ('value' in setting.absent) return setting.absent.value;
  const [code, message] = setting.absent;
  throw new AwsError(code, message, { status: 404 });
}
