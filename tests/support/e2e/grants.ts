import type { PackagedTemplate, TemplateResource } from '../../../rehearsal/deploy/in-process-deploy.ts';

/** One thing that a template allows: a statement of a role, of a queue's or a topic's policy, or a Lambda permission. */
export interface Grant {
  /** For people: `control: apigateway:PATCH`. */
  readonly title: string;
  /** Who would be refused without it: a function, or a service principal. */
  readonly who: string;
  readonly actions: readonly string[];
  /** The template without it. */
  readonly without: PackagedTemplate;
}

interface Statement {
  readonly Action: string | readonly string[];
  readonly Principal?: { readonly Service?: unknown; readonly AWS?: unknown };
  readonly Sid?: string;
}

interface Document {
  readonly Statement: readonly Statement[];
}

/** Every grant of a template but the deployment bucket's own policy, which only denies. */
export function grantsOf(template: PackagedTemplate): Grant[] {
  return Object.entries(template.Resources).flatMap(([name, resource]) => {
    switch (resource.Type) {
      case 'AWS::IAM::Role':
        return roleGrants(template, name, resource);
      case 'AWS::Lambda::Permission':
        return [permissionGrant(template, name, resource)];
      case 'AWS::SQS::QueuePolicy':
      case 'AWS::SNS::TopicPolicy':
        return policyGrants(template, name, resource, 'PolicyDocument');
      case 'AWS::KMS::Key':
        return policyGrants(template, name, resource, 'KeyPolicy');
      default:
        return [];
    }
  });
}

/** Every action that a role allows, after its function: `tidegate-dev-control sqs:SendMessage`. */
export function grantedActions(template: PackagedTemplate): string[] {
  const grants = grantsOf(template).filter(
    ({ who, title }) => who.startsWith('tidegate-') && title.includes('(statement'),
  );
  return [...new Set(grants.flatMap(({ who, actions }) => actions.map((action) => `${who} ${action}`)))];
}

const listed = (action: Statement['Action']): readonly string[] => (typeof action === 'string' ? [action] : action);

function roleGrants(template: PackagedTemplate, name: string, role: TemplateResource): Grant[] {
  const [policy] = role.Properties.Policies as [{ PolicyDocument: Document }];
  const statements = policy.PolicyDocument.Statement;
  const functionName = uncapitalised(name.replace('IamRoleLambdaExecution', ''));
  return statements.map(({ Action }, index): Grant => {
    const PolicyDocument = { ...policy.PolicyDocument, Statement: statements.toSpliced(index, 1) };
    const Properties = { ...role.Properties, Policies: [{ ...policy, PolicyDocument }] };
    const actions = listed(Action);
    return {
      title: `${functionName}: ${actions.join(', ')} (statement ${index + 1})`,
      who: `tidegate-dev-${functionName}`,
      actions,
      without: changed(template, name, { ...role, Properties }),
    };
  });
}

function policyGrants(
  template: PackagedTemplate,
  name: string,
  resource: TemplateResource,
  property: 'PolicyDocument' | 'KeyPolicy',
): Grant[] {
  const document = resource.Properties[property] as Document;
  return document.Statement.map(({ Sid, Action, Principal }, index): Grant => {
    const without = { ...document, Statement: document.Statement.toSpliced(index, 1) };
    const Properties = { ...resource.Properties, [property]: without };
    const isLast = without.Statement.length === 0;
    // Where the account is named, any of its roles would do: control asks first.
    const who = Principal && 'AWS' in Principal ? 'tidegate-dev-control' : nameOf(Principal?.Service);
    return {
      title: `${name}: ${Sid}`,
      who,
      actions: listed(Action),
      // AWS takes no policy without a statement.
      without: changed(template, name, isLast ? undefined : { ...resource, Properties }),
    };
  });
}

function permissionGrant(template: PackagedTemplate, name: string, { Properties }: TemplateResource): Grant {
  const { Principal, Action } = Properties;
  return {
    title: name,
    who: nameOf(Principal),
    actions: [String(Action)],
    without: changed(template, name, undefined),
  };
}

/** The log service's principal is put together from the Region, all others are texts. */
const nameOf = (principal: unknown): string =>
  typeof principal === 'string' ? principal : 'logs.us-east-1.amazonaws.com';

/** The template with one resource replaced, or left out together with the edges that lead to it. */
function changed(template: PackagedTemplate, name: string, replacement?: TemplateResource): PackagedTemplate {
  const { [name]: _gone, ...others } = template.Resources;
  if (replacement) return { ...template, Resources: { ...others, [name]: replacement } };
  const Resources = Object.fromEntries(
    Object.entries(others).map(([other, { DependsOn, ...resource }]) => {
      const edges = [DependsOn ?? []].flat().filter((edge) => edge !== name);
      return [other, edges.length > 0 ? { ...resource, DependsOn: edges } : resource];
    }),
  );
  return { ...template, Resources };
}

const uncapitalised = (text: string): string => `${text.slice(0, 1).toLowerCase()}${text.slice(1)}`;
