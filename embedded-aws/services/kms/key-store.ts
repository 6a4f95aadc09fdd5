import { ACCOUNT_ID, type EmbeddedAws, type PolicyDocument, REGION } from '../../kernel/aws.ts';
import { AwsError } from '../../kernel/aws-error.ts';

export interface KeyRecord {
  readonly id: string;
  readonly arn: string;
  readonly manager: 'AWS' | 'CUSTOMER';
  readonly createdAt: Date;
  description: string;
  policy: PolicyDocument;
  isRotating: boolean;
  isEnabled: boolean;
  /** Set while the key waits to be deleted; it is of no use then. */
  deletionDate: Date | undefined;
  readonly tags: Map<string, string>;
}

const ARN_PREFIX = `arn:aws:kms:${REGION}:${ACCOUNT_ID}`;

/** The policy a key has when none was given: the account's administrators decide through IAM. */
const DEFAULT_POLICY: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT_ID}:root` }, Action: 'kms:*', Resource: '*' },
  ],
};

/** The aliases of keys that AWS makes by itself at first use, after the service that they are for. */
const MANAGED_KEYS: ReadonlyMap<string, string> = new Map([['alias/aws/ssm', 'ssm']]);

/** The policy of a key that AWS manages: every principal of the account may use it, but only through its service. */
const managedPolicy = (service: string): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: '*' },
      Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
      Resource: '*',
      Condition: {
        StringEquals: { 'kms:CallerAccount': ACCOUNT_ID, 'kms:ViaService': `${service}.${REGION}.amazonaws.com` },
      },
    },
    {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${ACCOUNT_ID}:root` },
      Action: ['kms:Describe*', 'kms:Get*', 'kms:List*'],
      Resource: '*',
    },
  ],
});

export const aliasArn = (alias: string): string => `${ARN_PREFIX}:${alias}`;

/** Keys by id, and the aliases that point to them. */
export class KeyStore {
  readonly keys = new Map<string, KeyRecord>();
  /** Key ids by alias name, `alias/` included. */
  readonly aliases = new Map<string, string>();
  private readonly aws: EmbeddedAws;

  constructor(aws: EmbeddedAws) {
    this.aws = aws;
  }

  create(description: string, policy?: PolicyDocument, manager: KeyRecord['manager'] = 'CUSTOMER'): KeyRecord {
    const id = this.aws.ids.uuid('kms-key', description);
    const key: KeyRecord = {
      id,
      arn: `${ARN_PREFIX}:key/${id}`,
      manager,
      createdAt: new Date(this.aws.clock.now()),
      description,
      policy: policy ?? DEFAULT_POLICY,
      isRotating: false,
      isEnabled: true,
      deletionDate: undefined,
      tags: new Map(),
    };
    this.keys.set(id, key);
    return key;
  }

  /** A key by its id, its ARN, an alias or an alias's ARN; undefined when there is none. */
  find(reference: string): KeyRecord | undefined {
    const name = reference.startsWith('arn:') ? reference.split(':').slice(5).join(':') : reference;
    const id = name.startsWith('alias/') ? this.aliased(name) : name.replace(/^key\//, '');
    return this.keys.get(id ?? '');
  }

  private aliased(alias: string): string | undefined {
    const service = MANAGED_KEYS.get(alias);
    if (service !== undefined && !this.aliases.has(alias)) {
      const description = `Default key that protects my ${service.toUpperCase()} parameters when no other key is defined`;
      this.aliases.set(alias, this.create(description, managedPolicy(service), 'AWS').id);
    }
    return this.aliases.get(alias);
  }

  /** @throws AwsError `NotFoundException`. */
  get(reference: string | undefined): KeyRecord {
    const key = this.find(reference ?? '');
    if (key) return key;
    const isAlias = /(^|:)alias\//.test(reference ?? '');
    const text = isAlias ? `Alias ${reference} is not found.` : `Key '${reference}' does not exist`;
    throw new AwsError('NotFoundException', text);
  }

  /**
   * @param mayBeDisabled whether a key that is switched off will do
   * @throws AwsError `KMSInvalidStateException` while the key waits to be deleted; `DisabledException`.
   */
  usable(reference: string | undefined, mayBeDisabled = false): KeyRecord {
    const key = this.get(reference);
    if (key.deletionDate) throw new AwsError('KMSInvalidStateException', `${key.arn} is pending deletion.`);
    if (!key.isEnabled && !mayBeDisabled) throw new AwsError('DisabledException', `${key.arn} is disabled.`);
    return key;
  }
}
