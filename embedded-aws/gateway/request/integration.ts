import type { Integration } from '@aws-sdk/client-api-gateway';
import type { InvocationResponse } from '@aws-sdk/client-lambda';
import { AwsError } from '../../kernel/aws-error.ts';
import type { Clock } from '../../kernel/simulation-clock.ts';
import { type ProxyResponse, parseProxyResponse } from './proxy-response.ts';

/** Invokes a function by its ARN as API Gateway does. */
export type InvokeFunction = (functionArn: string, payload: Uint8Array) => Promise<InvocationResponse>;

/** How an integration ended; times and statuses as the access log shows them. */
export type IntegrationResult =
  | { readonly kind: 'answered'; readonly response: ProxyResponse; readonly integrationStatus?: number }
  | {
      readonly kind: 'failed';
      readonly errorType: string;
      readonly status: number;
      readonly integrationStatus?: number;
    };

const DEFAULT_TIMEOUT_MS = 29_000;

/** The function in `arn:aws:apigateway:<region>:lambda:path/2015-03-31/functions/<function ARN>/invocations`. */
export const functionArnOf = (uri: string | undefined): string | undefined =>
  /\/functions\/(.+)\/invocations$/.exec(uri ?? '')?.[1];

/** AWS_PROXY: the whole request goes to the function, its answer becomes the response. */
export async function callFunction(
  integration: Integration,
  event: unknown,
  invoke: InvokeFunction,
  clock: Clock,
): Promise<IntegrationResult> {
  const functionArn = functionArnOf(integration.uri);
  if (!functionArn) return { kind: 'failed', errorType: 'API_CONFIGURATION_ERROR', status: 500 };
  const payload = Buffer.from(JSON.stringify(event));
  try {
    const timeoutMs = integration.timeoutInMillis ?? DEFAULT_TIMEOUT_MS;
    const answer = await within(timeoutMs, clock, invoke(functionArn, payload));
    if (answer === 'late') return { kind: 'failed', errorType: 'INTEGRATION_TIMEOUT', status: 504 };
    const response = answer.FunctionError ? undefined : parseProxyResponse(answer.Payload);
    if (response) return { kind: 'answered', response, integrationStatus: 200 };
    return { kind: 'failed', errorType: 'DEFAULT_5XX', status: 502, integrationStatus: 200 };
  } catch (error) {
    // A refused invocation (no permission, throttled by Lambda) answers 500, whatever the listing of the type says.
    if (!(error instanceof AwsError)) throw error;
    return { kind: 'failed', errorType: 'INTEGRATION_FAILURE', status: 500, integrationStatus: error.status ?? 400 };
  }
}

async function within<Answer>(timeoutMs: number, clock: Clock, work: Promise<Answer>): Promise<Answer | 'late'> {
  let cancel = (): void => undefined;
  const late = new Promise<'late'>((resolve) => {
    cancel = clock.after(timeoutMs, () => resolve('late'));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    cancel();
  }
}

/** MOCK: the request template names a status code, and the integration response for it is the answer. */
export function answerMock(integration: Integration): IntegrationResult {
  const template = integration.requestTemplates?.['application/json'] ?? '';
  const statusCode = /["']?statusCode["']?\s*:\s*["']?(\d{3})/.exec(template)?.[1];
  const responses = Object.values(integration.integrationResponses ?? {});
  const response =
    responses.find(
      (one) => one.selectionPattern && new RegExp(`^(?:${one.selectionPattern})$`).test(statusCode ?? ''),
    ) ?? responses.find((one) => !one.selectionPattern);
  const body = Object.values(response?.responseTemplates ?? {})[0] ?? '';
  // A template language is not here: refusing is better than sending its source.
  if (!statusCode || !response || /#(?:set|if|foreach)\b|\$\w/.test(body)) {
    return { kind: 'failed', errorType: 'API_CONFIGURATION_ERROR', status: 500 };
  }
  const headers: [string, string[]][] = [['Content-Type', ['application/json']]];
  for (const [target, source] of Object.entries(response.responseParameters ?? {})) {
    const name = /^method\.response\.header\.(.+)$/.exec(target)?.[1];
    const literal = /^'(.*)'$/s.exec(source)?.[1];
    if (name && literal !== undefined) headers.push([name, [literal]]);
  }
  return {
    kind: 'answered',
    response: { status: Number(response.statusCode ?? 200), headers, body: Buffer.from(body) },
  };
}
