import type { PolicyDocument, PolicyStatement } from '../kernel/aws.ts';
import { asList, type Context, conditionsHold } from './conditions.ts';
import { matchesPattern } from './patterns.ts';

/** What someone asks to do: one action on one resource. */
export interface AccessRequest {
  readonly action: string;
  readonly resource: string;
  readonly context: Context;
  /** The caller, for resource policies; identity policies name no principal. */
  readonly asker?: Asker;
}

/** A service principal (`events.amazonaws.com`), or the ARNs by which a policy may name a role or its account. */
export type Asker = { readonly service: string } | { readonly arns: readonly string[] };

/** `implicitDeny`: nothing speaks for it. `explicitDeny`: a Deny statement speaks against it, whatever else does. */
export type Verdict = 'allowed' | 'implicitDeny' | 'explicitDeny';

/** Decides a request by all policies that apply to it; a Deny anywhere outweighs every Allow. */
export function evaluate(policies: readonly PolicyDocument[], request: AccessRequest): Verdict {
  const statements = policies.flatMap((policy) => asList(policy.Statement)).filter((each) => applies(each, request));
  if (statements.some(({ Effect }) => Effect === 'Deny')) return 'explicitDeny';
  return statements.some(({ Effect }) => Effect === 'Allow') ? 'allowed' : 'implicitDeny';
}

function applies(statement: PolicyStatement, request: AccessRequest): boolean {
  return (
    asList(statement.Action).some((pattern) => matchesPattern(pattern, request.action, false)) &&
    asList(statement.Resource).some((pattern) => matchesPattern(pattern, request.resource)) &&
    principalMatches(statement.Principal, request.asker) &&
    conditionsHold(statement.Condition, request.context)
  );
}

/** Identity policies name no principal; resource policies must name the asker's. */
function principalMatches(principal: PolicyStatement['Principal'], asker: Asker | undefined): boolean {
  if (asker === undefined) return principal === undefined;
  if (principal === '*') return true;
  const named = asList(principal?.AWS);
  if ('arns' in asker) return named.includes('*') || asker.arns.some((arn) => named.includes(arn));
  return asList(principal?.Service).some((name) => name === '*' || name === asker.service) || named.includes('*');
}
