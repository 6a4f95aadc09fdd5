import { request } from 'node:http';
import { knownOperations } from '../../../faults/injector.ts';
import type { EmbeddedAws } from '../../../kernel/aws.ts';
import { type OperationModel, serviceModel } from '../../../wire/service-model.ts';

export interface PageRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** Sends a request through a socket, with the headers that a browser alone may set: `Host`, `Origin`, `Sec-Fetch-Site`. */
export function send(endpoint: string, { method, path, headers = {}, body }: PageRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(endpoint, { method, path, headers }, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode, headers: response.headers, text });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The verbs that a page may use without asking first (a CORS preflight). */
const SIMPLE_VERBS = ['GET', 'HEAD', 'POST'];

export interface SimpleCall extends PageRequest {
  readonly service: string;
  readonly operation: string;
}

/** Each operation of each installed service that can be called by a URL and a verb that need no preflight. */
export async function simpleCalls(aws: EmbeddedAws): Promise<SimpleCall[]> {
  const calls: SimpleCall[] = [];
  for (const [service, operations] of knownOperations(aws)) {
    const model = await serviceModel(service);
    for (const operation of operations) {
      // A few operations have no place on the wire: CloudFormation alone calls them.
      const known = model?.operations.get(operation);
      if (!known) continue;
      const [method, target] = addressOf(known);
      const query = new URLSearchParams(target.split('?')[1]);
      query.set('X-Amz-Credential', `me/20310101/us-east-1/${service}/aws4_request`);
      const path = `${target.split('?')[0]}?${query}`;
      if (SIMPLE_VERBS.includes(method)) calls.push({ service, operation, method, path });
    }
  }
  return calls;
}

/** Verb and URL: of a REST operation with its labels and what it requires of the query filled in, else a form's action. */
function addressOf({ name, http, input }: OperationModel): [method: string, target: string] {
  if (!http) return ['POST', `/?Action=${name}`];
  const [method, uri] = http;
  const [path = '', search = ''] = uri.split('?');
  const query = new URLSearchParams(search);
  let isInBucket = false;
  for (const [member, schema] of Object.entries(input.getMemberSchemas())) {
    const { httpLabel, httpQuery } = schema.getMergedTraits();
    if (httpQuery && schema.isStringSchema()) query.set(httpQuery, 'x');
    if (httpLabel && !path.includes(`{${member}`)) isInBucket = true;
  }
  const filled = path.replace(/\{\w+\+?\}/g, 'x');
  return [method, `${isInBucket ? '/x' : ''}${filled}?${query}`];
}
