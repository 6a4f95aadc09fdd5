import type { Capability, CreateStackInput, UpdateStackInput } from '@aws-sdk/client-cloudformation';
import { DEVELOPER, type EmbeddedAws } from '../../kernel/aws.ts';
import { AwsError } from '../../kernel/aws-error.ts';
import type { Stack, StackDefinition } from '../engine/stack.ts';
import type { Stacks } from '../engine/stacks.ts';
import { parseTemplate } from '../template/parse-template.ts';
import { type Template, validationError } from '../template/template-model.ts';
import { resolveParameters } from '../template/template-parameters.ts';
import { validateTemplate } from '../template/validate.ts';

const LARGEST_BODY_BYTES = 51_200;

export interface TemplateSource {
  readonly TemplateBody?: string | undefined;
  readonly TemplateURL?: string | undefined;
}

/** Bucket and key of an S3 address in path style, virtual-host style, or on the embedded AWS's own endpoint. */
export function parseTemplateUrl(address: string): { Bucket: string; Key: string } {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const path = decodeURIComponent(url?.pathname.slice(1) ?? '');
  const virtualHost = /^(.+)\.s3[.-]([a-z0-9-]+\.)?amazonaws\.com$/.exec(url?.hostname ?? '');
  if (virtualHost?.[1] && path) return { Bucket: virtualHost[1], Key: path };
  const slash = path.indexOf('/');
  if (slash <= 0) throw validationError('TemplateURL must be a supported URL.');
  return { Bucket: path.slice(0, slash), Key: path.slice(slash + 1) };
}

async function fetchTemplate(aws: EmbeddedAws, address: string): Promise<string> {
  try {
    const location = parseTemplateUrl(address);
    const { Body } = await aws.call<{ Body: Uint8Array | string }>(DEVELOPER, 's3', 'GetObject', location);
    return typeof Body === 'string' ? Body : Buffer.from(Body).toString('utf8');
  } catch (error) {
    if (!(error instanceof AwsError) || error.code === 'ValidationError') throw error;
    throw validationError(`S3 error: ${error.message}`);
  }
}

/** Reads and checks the template that an input names by body or by address. @throws AwsError ValidationError. */
export async function loadTemplate(stacks: Stacks, { TemplateBody, TemplateURL }: TemplateSource): Promise<Template> {
  if (TemplateBody && TemplateURL) {
    throw validationError('Only one of TemplateBody or TemplateURL can be specified.');
  }
  if (TemplateBody && Buffer.byteLength(TemplateBody) > LARGEST_BODY_BYTES) {
    throw validationError(
      `1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to ${LARGEST_BODY_BYTES}`,
    );
  }
  const body = TemplateBody ?? (TemplateURL ? await fetchTemplate(stacks.aws, TemplateURL) : undefined);
  if (body === undefined) throw validationError('Either Template URL or Template Body must be specified.');
  const template = parseTemplate(body);
  validateTemplate(template, stacks.types);
  return template;
}

const IAM_TYPE = /^AWS::IAM::(Role|Policy|User|Group|ManagedPolicy|InstanceProfile|AccessKey)$/;
const NAME_PROPERTIES = ['RoleName', 'UserName', 'GroupName', 'ManagedPolicyName', 'InstanceProfileName'];

/** What a template needs to be acknowledged. */
export function requiredCapabilities(template: Template): Capability[] {
  const resources = Object.values(template.resources).filter(({ type }) => IAM_TYPE.test(type));
  if (resources.length === 0) return [];
  const isNamed = resources.some(({ properties }) => NAME_PROPERTIES.some((name) => name in properties));
  return [isNamed ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM'];
}

function checkCapabilities(template: Template, given: readonly string[]): void {
  const [needed] = requiredCapabilities(template);
  if (!needed || given.includes(needed) || given.includes('CAPABILITY_NAMED_IAM')) return;
  throw new AwsError('InsufficientCapabilitiesException', `Requires capabilities : [${needed}]`, { status: 400 });
}

export type DefinitionInput = Omit<CreateStackInput & UpdateStackInput, 'StackName'>;

/**
 * The definition that an input asks for. What an update leaves out (tags, previous template, notification targets)
 * comes from the stack.
 */
export async function toDefinition(stacks: Stacks, input: DefinitionInput, stack?: Stack): Promise<StackDefinition> {
  const previous = stack?.definition;
  const usesPrevious = input.UsePreviousTemplate && previous;
  const template = usesPrevious ? previous.template : await loadTemplate(stacks, input);
  const capabilities = input.Capabilities ?? [];
  checkCapabilities(template, capabilities);
  const roleArn = input.RoleARN ?? previous?.roleArn;
  return {
    template,
    parameters: resolveParameters(template, input.Parameters ?? [], previous?.parameters ?? {}),
    tags: input.Tags ?? previous?.tags ?? [],
    notificationArns: input.NotificationARNs ?? previous?.notificationArns ?? [],
    capabilities,
    ...(roleArn !== undefined && { roleArn }),
  };
}
