/** What a function may answer to a Lambda proxy integration; any other member makes the answer malformed. */
const MEMBERS = new Set(['statusCode', 'headers', 'multiValueHeaders', 'body', 'isBase64Encoded']);

export interface ProxyResponse {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, values: readonly string[]])[];
  readonly body: Buffer;
}

/** The HTTP answer that a function's payload asks for; undefined when API Gateway would call it malformed (502). */
export function parseProxyResponse(payload: Uint8Array | undefined): ProxyResponse | undefined {
  const answer = parse(payload);
  if (!answer || Object.keys(answer).length === 0) return undefined;
  if (Object.keys(answer).some((member) => !MEMBERS.has(member))) return undefined;
  const status = Number(answer.statusCode ?? 200);
  const { body } = answer;
  if (!Number.isInteger(status) || status < 100 || status > 599) return undefined;
  if (body !== undefined && body !== null && typeof body !== 'string') return undefined;
  const encoding = answer.isBase64Encoded === true ? 'base64' : 'utf8';
  return { status, headers: headersOf(answer), body: Buffer.from(body ?? '', encoding) };
}

function parse(payload: Uint8Array | undefined): Record<string, unknown> | undefined {
  try {
    const answer: unknown = JSON.parse(Buffer.from(payload ?? []).toString('utf8'));
    return isRecord(answer) ? answer : undefined;
  } catch {
    return undefined;
  }
}

/** `multiValueHeaders` come first; a single value of the same name is added behind them. */
function headersOf(answer: Record<string, unknown>): [string, string[]][] {
  const { headers, multiValueHeaders } = answer;
  const merged = new Map<string, string[]>();
  for (const [name, values] of Object.entries(isRecord(multiValueHeaders) ? multiValueHeaders : {})) {
    merged.set(name, Array.isArray(values) ? values.map(String) : [String(values)]);
  }
  for (const [name, value] of Object.entries(isRecord(headers) ? headers : {})) {
    const existing = merged.get(name) ?? [];
    if (!existing.includes(String(value))) merged.set(name, [...existing, String(value)]);
  }
  return [...merged];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
