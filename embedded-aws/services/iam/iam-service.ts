import type { RolePolicies } from '../../iam/authorize.ts';
import { ACCOUNT_ID, type EmbeddedAws, type Permission, type PolicyDocument, type Service } from '../../kernel/aws.ts';
import { policyOperations } from './iam-policies.ts';
import { IamStore } from './iam-store.ts';
import { rolePolicyOperations } from './role-policies.ts';
import { roleOperations } from './roles.ts';

/** Identity and Access Management: roles, their policies, managed policies. Whether a call is allowed is decided by them. */
export class IamService implements Service, RolePolicies {
  readonly name = 'iam';
  readonly operations;
  private readonly store = new IamStore();

  constructor(aws: EmbeddedAws) {
    this.operations = {
      ...roleOperations(aws, this.store),
      ...rolePolicyOperations(this.store),
      ...policyOperations(aws, this.store),
    };
  }

  permission(operation: string, input: unknown): Permission {
    const { RoleName, PolicyArn } = input as { RoleName?: string; PolicyArn?: string };
    const role = RoleName === undefined ? undefined : `arn:aws:iam::${ACCOUNT_ID}:role/${RoleName}`;
    return { action: `iam:${operation}`, resources: [role ?? PolicyArn ?? '*'] };
  }

  policiesOf(roleArn: string): readonly PolicyDocument[] {
    return this.store.policiesOf(roleArn);
  }
}
