import { count, document, documentText, list, object, tagList, text, texts } from './provider-schema.ts';
import { differs, type Resource, resource } from './resource.ts';

const roleSchema = object({
  AssumeRolePolicyDocument: document,
  Description: text.optional(),
  ManagedPolicyArns: texts.optional(),
  MaxSessionDuration: count.optional(),
  Path: text.optional(),
  PermissionsBoundary: text.optional(),
  Policies: list(object({ PolicyName: text, PolicyDocument: document })).optional(),
  RoleName: text.optional(),
  Tags: tagList.optional(),
});
type RoleProperties = ReturnType<typeof roleSchema.parse>;
type RoleResource = Resource<RoleProperties>;

async function grant({ properties, call }: RoleResource, RoleName: string): Promise<void> {
  for (const { PolicyName, PolicyDocument } of properties.Policies ?? []) {
    await call('iam', 'PutRolePolicy', { RoleName, PolicyName, PolicyDocument: documentText(PolicyDocument) });
  }
  for (const PolicyArn of properties.ManagedPolicyArns ?? []) {
    await call('iam', 'AttachRolePolicy', { RoleName, PolicyArn });
  }
}

/** Takes away what `from` granted and `to` no longer does. */
async function revoke(
  call: RoleResource['call'],
  RoleName: string,
  from: RoleProperties,
  to?: RoleProperties,
): Promise<void> {
  const names = new Set((to?.Policies ?? []).map(({ PolicyName }) => PolicyName));
  for (const { PolicyName } of from.Policies ?? []) {
    if (!names.has(PolicyName)) await call('iam', 'DeleteRolePolicy', { RoleName, PolicyName });
  }
  for (const PolicyArn of from.ManagedPolicyArns ?? []) {
    if (!to?.ManagedPolicyArns?.includes(PolicyArn)) await call('iam', 'DetachRolePolicy', { RoleName, PolicyArn });
  }
}

const role = resource({
  type: 'AWS::IAM::Role',
  schema: roleSchema,
  replacement: ['RoleName', 'Path'],
  nameProperty: 'RoleName',
  create: async ({ properties, call, generatedName }) => {
    const { AssumeRolePolicyDocument, Policies: _inline, ManagedPolicyArns: _managed, ...rest } = properties;
    const RoleName = properties.RoleName ?? generatedName(64);
    const trust = documentText(AssumeRolePolicyDocument);
    const input = { ...rest, RoleName, AssumeRolePolicyDocument: trust };
    const { Role } = await call<{ Role: { Arn: string; RoleId: string } }>('iam', 'CreateRole', input);
    return { id: RoleName, attributes: { Arn: Role.Arn, RoleId: Role.RoleId } };
  },
  complete: (it, { id }) => grant(it, id),
  update: async (it, { id: RoleName }, previous) => {
    const { properties, call } = it;
    if (differs(previous, properties, 'AssumeRolePolicyDocument')) {
      const PolicyDocument = documentText(properties.AssumeRolePolicyDocument);
      await call('iam', 'UpdateAssumeRolePolicy', { RoleName, PolicyDocument });
    }
    if (differs(previous, properties, 'Description', 'MaxSessionDuration')) {
      const { Description = '', MaxSessionDuration = 3600 } = properties;
      await call('iam', 'UpdateRole', { RoleName, Description, MaxSessionDuration });
    }
    await grant(it, RoleName);
    await revoke(call, RoleName, previous, properties);
  },
  delete: async ({ properties, call }, { id: RoleName }) => {
    await revoke(call, RoleName, properties);
    await call('iam', 'DeleteRole', { RoleName });
  },
});

const policySchema = object({
  PolicyDocument: document,
  PolicyName: text,
  Roles: texts,
});
type PolicyResource = Resource<ReturnType<typeof policySchema.parse>>;

async function putOnRoles({ properties, call }: PolicyResource): Promise<void> {
  const { PolicyName, PolicyDocument, Roles } = properties;
  for (const RoleName of Roles) {
    await call('iam', 'PutRolePolicy', { RoleName, PolicyName, PolicyDocument: documentText(PolicyDocument) });
  }
}

const policy = resource({
  type: 'AWS::IAM::Policy',
  schema: policySchema,
  replacement: ['PolicyName'],
  notImplemented: ['Groups', 'Users'],
  create: async (it) => {
    await putOnRoles(it);
    return { id: it.properties.PolicyName };
  },
  update: async (it, _physical, previous) => {
    await putOnRoles(it);
    for (const RoleName of previous.Roles.filter((name) => !it.properties.Roles.includes(name))) {
      await it.call('iam', 'DeleteRolePolicy', { RoleName, PolicyName: previous.PolicyName });
    }
  },
  delete: async ({ properties, call }) => {
    for (const RoleName of properties.Roles) {
      await call('iam', 'DeleteRolePolicy', { RoleName, PolicyName: properties.PolicyName });
    }
  },
});

export const iamTypes = [role, policy];
