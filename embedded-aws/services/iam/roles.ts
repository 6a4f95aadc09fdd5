import type {
  CreateRoleRequest,
  CreateRoleResponse,
  DeleteRoleRequest,
  GetRoleRequest,
  GetRoleResponse,
  ListRolesResponse,
  ListRoleTagsRequest,
  ListRoleTagsResponse,
  Role,
  TagRoleRequest,
  UntagRoleRequest,
  UpdateAssumeRolePolicyRequest,
  UpdateRoleRequest,
} from '@aws-sdk/client-iam';
import type { EmbeddedAws } from '../../kernel/aws.ts';
import { AwsError } from '../../kernel/aws-error.ts';
import { type IamStore, iamArn, type RoleRecord, tagList } from './iam-store.ts';
import { encodedPolicy, parsePolicy } from './policy-document.ts';

const DEFAULT_SESSION_S = 3600;

/** Operations on roles themselves. */
export function roleOperations(aws: EmbeddedAws, store: IamStore) {
  return {
    CreateRole: (input: CreateRoleRequest): CreateRoleResponse => {
      const role = newRole(aws, input);
      store.addRole(role);
      return { Role: roleView(role) };
    },
    GetRole: ({ RoleName }: GetRoleRequest): GetRoleResponse => ({ Role: roleView(store.role(RoleName)) }),
    ListRoles: (): ListRolesResponse => ({ Roles: [...store.roles.values()].map(roleView), IsTruncated: false }),
    UpdateRole: (input: UpdateRoleRequest): void => {
      const role = store.role(input.RoleName);
      role.description = input.Description ?? role.description;
      role.maxSessionDuration = input.MaxSessionDuration ?? role.maxSessionDuration;
    },
    UpdateAssumeRolePolicy: (input: UpdateAssumeRolePolicyRequest): void => {
      store.role(input.RoleName).trust = parsePolicy(input.PolicyDocument);
    },
    DeleteRole: ({ RoleName }: DeleteRoleRequest): void => {
      const { inline, attached, name } = store.role(RoleName);
      if (attached.size) throw deleteConflict('must detach all policies first.');
      if (inline.size) throw deleteConflict('must delete policies first.');
      store.roles.delete(name);
    },
    TagRole: ({ RoleName, Tags }: TagRoleRequest): void => {
      const { tags } = store.role(RoleName);
      for (const { Key = '', Value = '' } of Tags ?? []) tags.set(Key, Value);
    },
    UntagRole: ({ RoleName, TagKeys }: UntagRoleRequest): void => {
      const { tags } = store.role(RoleName);
      for (const key of TagKeys ?? []) tags.delete(key);
    },
    ListRoleTags: ({ RoleName }: ListRoleTagsRequest): ListRoleTagsResponse => ({
      Tags: tagList(store.role(RoleName).tags),
      IsTruncated: false,
    }),
  };
}

function newRole(aws: EmbeddedAws, input: CreateRoleRequest): RoleRecord {
  const name = input.RoleName ?? '';
  const path = input.Path ?? '/';
  return {
    name,
    path,
    arn: iamArn('role', path, name),
    id: `AROA${aws.ids.id('role', name, 17).toUpperCase()}`,
    createdAt: new Date(aws.clock.now()),
    trust: parsePolicy(input.AssumeRolePolicyDocument),
    description: input.Description,
    maxSessionDuration: input.MaxSessionDuration ?? DEFAULT_SESSION_S,
    inline: new Map(),
    attached: new Set(),
    tags: new Map((input.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
  };
}

const roleView = (role: RoleRecord): Role => ({
  RoleName: role.name,
  Path: role.path,
  RoleId: role.id,
  Arn: role.arn,
  CreateDate: role.createdAt,
  AssumeRolePolicyDocument: encodedPolicy(role.trust),
  ...(role.description === undefined ? {} : { Description: role.description }),
  MaxSessionDuration: role.maxSessionDuration,
  Tags: tagList(role.tags),
});

const deleteConflict = (reason: string): AwsError =>
  new AwsError('DeleteConflictException', `Cannot delete entity, ${reason}`);
