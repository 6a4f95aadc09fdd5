import type {
  CreatePolicyRequest,
  CreatePolicyResponse,
  DeletePolicyRequest,
  GetPolicyRequest,
  GetPolicyResponse,
  GetPolicyVersionRequest,
  GetPolicyVersionResponse,
  ListPoliciesResponse,
  Policy,
} from '@aws-sdk/client-iam';
import type { EmbeddedAws } from '../../kernel/aws.ts';
import { AwsError } from '../../kernel/aws-error.ts';
import { type IamStore, iamArn, noSuchEntity, type PolicyRecord } from './iam-store.ts';
import { AWS_MANAGED_POLICIES } from './managed-policies.ts';
import { encodedPolicy, parsePolicy } from './policy-document.ts';

/** Managed policies have one version here. */
const ONLY_VERSION = 'v1';

/** Operations on managed policies. */
export function policyOperations(aws: EmbeddedAws, store: IamStore) {
  const viewOf = (arn: string | undefined): Policy => {
    if (!AWS_MANAGED_POLICIES.has(arn ?? '')) return policyView(store, store.policy(arn));
    return { Arn: arn, PolicyName: arn?.split('/').at(-1), DefaultVersionId: ONLY_VERSION, IsAttachable: true };
  };
  return {
    CreatePolicy: (input: CreatePolicyRequest): CreatePolicyResponse => {
      const policy = newPolicy(aws, input);
      store.addPolicy(policy);
      return { Policy: policyView(store, policy) };
    },
    GetPolicy: ({ PolicyArn }: GetPolicyRequest): GetPolicyResponse => ({ Policy: viewOf(PolicyArn) }),
    GetPolicyVersion: ({ PolicyArn = '', VersionId }: GetPolicyVersionRequest): GetPolicyVersionResponse => {
      const document = VersionId === ONLY_VERSION ? store.managedDocument(PolicyArn) : undefined;
      if (!document)
        throw noSuchEntity(`Policy ${PolicyArn} version ${VersionId} does not exist or is not attachable.`);
      return { PolicyVersion: { Document: encodedPolicy(document), VersionId, IsDefaultVersion: true } };
    },
    ListPolicies: (): ListPoliciesResponse => ({
      Policies: [...store.policies.keys(), ...AWS_MANAGED_POLICIES.keys()].map(viewOf),
      IsTruncated: false,
    }),
    DeletePolicy: ({ PolicyArn }: DeletePolicyRequest): void => {
      const policy = store.policy(PolicyArn);
      if (attachmentCount(store, policy.arn) > 0) {
        throw new AwsError('DeleteConflictException', 'Cannot delete a policy attached to entities.');
      }
      store.policies.delete(policy.arn);
    },
  };
}

function newPolicy(aws: EmbeddedAws, input: CreatePolicyRequest): PolicyRecord {
  const name = input.PolicyName ?? '';
  const path = input.Path ?? '/';
  return {
    name,
    path,
    arn: iamArn('policy', path, name),
    id: `ANPA${aws.ids.id('policy', name, 17).toUpperCase()}`,
    createdAt: new Date(aws.clock.now()),
    description: input.Description,
    document: parsePolicy(input.PolicyDocument),
  };
}

const attachmentCount = (store: IamStore, arn: string): number =>
  [...store.roles.values()].filter(({ attached }) => attached.has(arn)).length;

const policyView = (store: IamStore, policy: PolicyRecord): Policy => ({
  PolicyName: policy.name,
  PolicyId: policy.id,
  Arn: policy.arn,
  Path: policy.path,
  DefaultVersionId: ONLY_VERSION,
  AttachmentCount: attachmentCount(store, policy.arn),
  IsAttachable: true,
  ...(policy.description === undefined ? {} : { Description: policy.description }),
  CreateDate: policy.createdAt,
  UpdateDate: policy.createdAt,
});
