import type { Tag } from '@aws-sdk/client-iam';
import { ACCOUNT_ID, type PolicyDocument } from '../../kernel/aws.ts';
import { AwsError } from '../../kernel/aws-error.ts';
import { AWS_MANAGED_POLICIES } from './managed-policies.ts';

export interface RoleRecord {
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  readonly id: string;
  readonly createdAt: Date;
  trust: PolicyDocument;
  description: string | undefined;
  maxSessionDuration: number;
  readonly inline: Map<string, PolicyDocument>;
  readonly attached: Set<string>;
  readonly tags: Map<string, string>;
}

export interface PolicyRecord {
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  readonly id: string;
  readonly createdAt: Date;
  readonly description: string | undefined;
  document: PolicyDocument;
}

export const iamArn = (kind: 'role' | 'policy', path: string, name: string): string =>
  `arn:aws:iam::${ACCOUNT_ID}:${kind}${path}${name}`;

/** Roles and the account's own managed policies, with the errors that IAM gives for what is missing or there already. */
export class IamStore {
  readonly roles = new Map<string, RoleRecord>();
  readonly policies = new Map<string, PolicyRecord>();

  role(name: string | undefined): RoleRecord {
    const role = this.roles.get(name ?? '');
    if (!role) throw noSuchEntity(`The role with name ${name} cannot be found.`);
    return role;
  }

  addRole(role: RoleRecord): void {
    if (this.roles.has(role.name)) throw alreadyExists(`Role with name ${role.name} already exists.`);
    this.roles.set(role.name, role);
  }

  policy(arn: string | undefined): PolicyRecord {
    const policy = this.policies.get(arn ?? '');
    if (!policy) throw noSuchEntity(`Policy ${arn} was not found.`);
    return policy;
  }

  addPolicy(policy: PolicyRecord): void {
    if (this.policies.has(policy.arn)) throw alreadyExists(`A policy called ${policy.name} already exists.`);
    this.policies.set(policy.arn, policy);
  }

  /** A managed policy of the account or of AWS; undefined when neither has it. */
  managedDocument(arn: string): PolicyDocument | undefined {
    return this.policies.get(arn)?.document ?? AWS_MANAGED_POLICIES.get(arn);
  }

  /** Everything a role is granted or denied; nothing for a role that does not exist. */
  policiesOf(roleArn: string): readonly PolicyDocument[] {
    const role = this.roles.get(roleArn.split('/').at(-1) ?? '');
    if (role?.arn !== roleArn) return [];
    const managed = [...role.attached].flatMap((arn) => this.managedDocument(arn) ?? []);
    return [...role.inline.values(), ...managed];
  }
}

export const noSuchEntity = (message: string): AwsError => new AwsError('NoSuchEntityException', message);
const alreadyExists = (message: string): AwsError => new AwsError('EntityAlreadyExistsException', message);

export const tagList = (tags: ReadonlyMap<string, string>): Tag[] => [...tags].map(([Key, Value]) => ({ Key, Value }));
