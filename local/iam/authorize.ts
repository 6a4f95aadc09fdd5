import {
  ACCOUNT_ID,
  type Authorize,
  type Caller,
  type Permission,
  type PolicyDocument,
  type Service,
} from '../kernel/aws.ts';
import { AwsError } from '../kernel/errors.ts';
import { PROTOCOLS } from '../wire/protocols.ts';
import { evaluate, type Verdict } from './evaluate.ts';

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
    const policies =
      caller.kind === 'function'
        ? roles.policiesOf(caller.roleArn)
        : [service.resourcePolicy?.(operation, input)].filter((policy) => policy !== undefined);
    for (const resource of resources) {
      const verdict = evaluate(policies, { action, resource, ...circumstances(caller) });
      if (verdict !== 'allowed') throw denial(caller, service, action, resource, verdict);
    }
  };
}

/** CloudFormation acts with the rights of whoever deploys: the developer. */
const isDeployment = (caller: Caller): boolean =>
  caller.kind === 'service' && caller.principal === 'cloudformation.amazonaws.com';

function permissionFor(service: Service, operation: string, input: unknown): Permission {
  const prefix = IAM_PREFIXES[service.name] ?? service.name;
  return service.permission?.(operation, input) ?? { action: `${prefix}:${operation}`, resources: ['*'] };
}

function circumstances(caller: Exclude<Caller, { kind: 'developer' }>) {
  if (caller.kind === 'function')
    return { context: { 'aws:PrincipalArn': caller.roleArn, 'aws:SecureTransport': 'true' } };
  const context = { 'aws:SourceArn': caller.sourceArn, 'aws:SourceAccount': ACCOUNT_ID };
  return { context, servicePrincipal: caller.principal };
}

function denial(caller: Caller, service: Service, action: string, resource: string, verdict: Verdict): AwsError {
  const kind = caller.kind === 'function' ? 'identity-based' : 'resource-based';
  const reason =
    verdict === 'explicitDeny'
      ? `with an explicit deny in an ${kind} policy`
      : `because no ${kind} policy allows the ${action} action`;
  const text = `User: ${nameOf(caller)} is not authorized to perform: ${action} on resource: ${resource} ${reason}`;
  const style = PROTOCOLS[service.name]?.style;
  const code = style === 'query' || style === 'rest-xml' ? 'AccessDenied' : 'AccessDeniedException';
  return new AwsError(code, text, { status: style === 'json' ? 400 : 403 });
}

function nameOf(caller: Caller): string {
  if (caller.kind === 'service') return caller.principal;
  if (caller.kind === 'developer') return `arn:aws:iam::${ACCOUNT_ID}:user/developer`;
  const roleName = caller.roleArn.split('/').at(-1) ?? '';
  return `arn:aws:sts::${ACCOUNT_ID}:assumed-role/${roleName}/${caller.functionName}`;
}
