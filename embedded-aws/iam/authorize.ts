import {
  ACCOUNT_ID,
  type Authorize,
  type Caller,
  type ConditionKeys,
  type Permission,
  type PolicyDocument,
  type Service,
} from '../kernel/aws.ts';
import { AwsError } from '../kernel/aws-error.ts';
import { own } from '../kernel/plain-records.ts';
import { PROTOCOLS } from '../wire/protocols.ts';
import { type AccessRequest, evaluate, type Verdict } from './evaluate-policy.ts';

/** Where the identity policies of roles are found. */
export interface RolePolicies {
  /** All policies of a role, inline and attached; empty for a role that does not exist. */
  policiesOf(roleArn: string): readonly PolicyDocument[];
}

/** Services whose IAM prefix differs from their name. */
const IAM_PREFIXES: Readonly<Record<string, string>> = { monitoring: 'cloudwatch' };

/** The authorizer of the embedded AWS: a developer may do everything, all others what policies say. */
export function authorizer(roles: RolePolicies): Authorize {
  return (caller, service, operation, input) => {
    if (caller.kind === 'developer' || isDeployment(caller)) return;
    const { action, resources } = permissionFor(service, operation, input);
    const resourcePolicy = [service.resourcePolicy?.(operation, input)].filter((policy) => policy !== undefined);
    const context = { ...service.conditionKeys?.(operation, input), ...circumstances(caller) };
    for (const resource of resources) {
      const request = { action, resource, context };
      const verdict =
        caller.kind === 'service'
          ? evaluate(resourcePolicy, { ...request, asker: { service: caller.principal } })
          : verdictOnRole(service, roles.policiesOf(caller.roleArn), resourcePolicy, request, caller.roleArn);
      if (verdict !== 'allowed') throw denial(caller, service, action, resource, verdict);
    }
  };
}

const ACCOUNT_ROOT = `arn:aws:iam::${ACCOUNT_ID}:root`;

/**
 * What its policies let a role do. Where the resource's own policy guards, as a key's does, they count only if it names
 * the account; it may also name the role itself.
 */
function verdictOnRole(
  service: Service,
  policies: readonly PolicyDocument[],
  resourcePolicy: readonly PolicyDocument[],
  request: AccessRequest,
  roleArn: string,
): Verdict {
  const byIdentity = evaluate(policies, request);
  if (!service.isGuardedByResourcePolicy || byIdentity === 'explicitDeny') return byIdentity;
  const named = evaluate(resourcePolicy, { ...request, asker: { arns: [roleArn] } });
  if (named !== 'implicitDeny') return named;
  const delegated = evaluate(resourcePolicy, { ...request, asker: { arns: [ACCOUNT_ROOT, ACCOUNT_ID] } });
  return delegated === 'allowed' ? byIdentity : delegated;
}

/** CloudFormation acts with the rights of the deploying developer. */
const isDeployment = (caller: Caller): boolean =>
  caller.kind === 'service' && caller.principal === 'cloudformation.amazonaws.com';

function permissionFor(service: Service, operation: string, input: unknown): Permission {
  const prefix = own(IAM_PREFIXES, service.name) ?? service.name;
  return service.permission?.(operation, input) ?? { action: `${prefix}:${operation}`, resources: ['*'] };
}

function circumstances(caller: Exclude<Caller, { kind: 'developer' }>): ConditionKeys {
  const via = caller.via === undefined ? {} : { 'kms:ViaService': caller.via, 'kms:CallerAccount': ACCOUNT_ID };
  if (caller.kind === 'function') {
    return { 'aws:PrincipalArn': caller.roleArn, 'aws:SecureTransport': 'true', ...via };
  }
  return { 'aws:SourceArn': caller.sourceArn, 'aws:SourceAccount': ACCOUNT_ID, ...via };
}

function denial(caller: Caller, service: Service, action: string, resource: string, verdict: Verdict): AwsError {
  const kind = caller.kind === 'function' ? 'identity-based' : 'resource-based';
  const reason =
    verdict === 'explicitDeny'
      ? `with an explicit deny in an ${kind} policy`
      : `because no ${kind} policy allows the ${action} action`;
  const text = `User: ${nameOf(caller)} is not authorized to perform: ${action} on resource: ${resource} ${reason}`;
  const style = own(PROTOCOLS, service.name)?.style;
  const code = style === 'query' || style === 'rest-xml' ? 'AccessDenied' : 'AccessDeniedException';
  return new AwsError(code, text, { status: style === 'json' ? 400 : 403 });
}

function nameOf(caller: Caller): string {
  if (caller.kind === 'service') return caller.principal;
  if (caller.kind === 'developer') return `arn:aws:iam::${ACCOUNT_ID}:user/developer`;
  const roleName = caller.roleArn.split('/').at(-1) ?? '';
  return `arn:aws:sts::${ACCOUNT_ID}:assumed-role/${roleName}/${caller.functionName}`;
}
