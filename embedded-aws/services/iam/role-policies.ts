import type {
  AttachRolePolicyRequest,
  DeleteRolePolicyRequest,
  DetachRolePolicyRequest,
  GetRolePolicyRequest,
  GetRolePolicyResponse,
  ListAttachedRolePoliciesRequest,
  ListAttachedRolePoliciesResponse,
  ListRolePoliciesRequest,
  ListRolePoliciesResponse,
  PutRolePolicyRequest,
} from '@aws-sdk/client-iam';
import { type IamStore, noSuchEntity } from './iam-store.ts';
import { encodedPolicy, parsePolicy } from './policy-document.ts';

/** Operations on what a role may do. */
export function rolePolicyOperations(store: IamStore) {
  return {
    PutRolePolicy: (input: PutRolePolicyRequest): void => {
      store.role(input.RoleName).inline.set(input.PolicyName ?? '', parsePolicy(input.PolicyDocument));
    },
    GetRolePolicy: ({ RoleName, PolicyName }: GetRolePolicyRequest): GetRolePolicyResponse => {
      const document = store.role(RoleName).inline.get(PolicyName ?? '');
      if (!document) throw noSuchEntity(`The role policy with name ${PolicyName} cannot be found.`);
      return { RoleName, PolicyName, PolicyDocument: encodedPolicy(document) };
    },
    DeleteRolePolicy: ({ RoleName, PolicyName }: DeleteRolePolicyRequest): void => {
      if (store.role(RoleName).inline.delete(PolicyName ?? '')) return;
      throw noSuchEntity(`The role policy with name ${PolicyName} cannot be found.`);
    },
    ListRolePolicies: ({ RoleName }: ListRolePoliciesRequest): ListRolePoliciesResponse => ({
      PolicyNames: [...store.role(RoleName).inline.keys()],
      IsTruncated: false,
    }),
    AttachRolePolicy: ({ RoleName, PolicyArn = '' }: AttachRolePolicyRequest): void => {
      const role = store.role(RoleName);
      if (!store.managedDocument(PolicyArn)) {
        throw noSuchEntity(`Policy ${PolicyArn} does not exist or is not attachable.`);
      }
      role.attached.add(PolicyArn);
    },
    DetachRolePolicy: ({ RoleName, PolicyArn = '' }: DetachRolePolicyRequest): void => {
      if (!store.role(RoleName).attached.delete(PolicyArn)) throw noSuchEntity(`Policy ${PolicyArn} was not found.`);
    },
    ListAttachedRolePolicies: ({ RoleName }: ListAttachedRolePoliciesRequest): ListAttachedRolePoliciesResponse => ({
      AttachedPolicies: [...store.role(RoleName).attached].map((PolicyArn) => ({
        PolicyArn,
        PolicyName: PolicyArn.split('/').at(-1),
      })),
      IsTruncated: false,
    }),
  };
}
