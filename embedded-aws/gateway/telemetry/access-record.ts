import { ACCOUNT_ID } from '../../kernel/aws.ts';
import type { EpochMs } from '../../kernel/quantities.ts';

/** One request as the access log, gateway responses and AWS's metrics can speak of it. Absent means "has no value". */
export interface AccessRecord {
  requestId: string;
  extendedRequestId: string;
  /** When the request arrived. */
  startMs: EpochMs;
  /** When the answer was sent. */
  endMs: EpochMs;
  apiId: string;
  stage: string;
  deploymentId: string;
  resourceId: string | undefined;
  resourcePath: string | undefined;
  httpMethod: string;
  /** With the stage: `/dev/orders`. */
  path: string;
  protocol: string;
  status: number;
  responseLength: number | undefined;
  /** Gateway response type when the gateway itself answered. */
  errorType: string | undefined;
  errorMessage: string | undefined;
  apiKeyId: string | undefined;
  sourceIp: string | undefined;
  userAgent: string | undefined;
  integrationLatencyMs: number | undefined;
  /** The status of the Lambda service's answer. */
  integrationStatus: number | undefined;
  /** The status that the function itself answered. */
  backendStatus: number | undefined;
}

type Value = string | number | undefined;

const quoted = (text: string | undefined): Value => (text === undefined ? undefined : JSON.stringify(text));

const whole = (milliseconds: number | undefined): Value => milliseconds && Math.round(milliseconds);

/** `10/Oct/2030:13:55:36 +0000`, the common log format. */
function requestTime(startMs: EpochMs): string {
  const [, day, month, year, time] = new Date(startMs).toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}

/** The `$context` variables that exist here, by name. Any other has no value. */
export const CONTEXT_VARIABLES: ReadonlyMap<string, (record: AccessRecord) => Value> = new Map(
  Object.entries<(record: AccessRecord) => Value>({
    accountId: () => ACCOUNT_ID,
    apiId: (record) => record.apiId,
    deploymentId: (record) => record.deploymentId,
    'error.message': (record) => record.errorMessage,
    'error.messageString': (record) => quoted(record.errorMessage),
    'error.responseType': (record) => record.errorType,
    extendedRequestId: (record) => record.extendedRequestId,
    httpMethod: (record) => record.httpMethod,
    'identity.apiKeyId': (record) => record.apiKeyId,
    'identity.sourceIp': (record) => record.sourceIp,
    'identity.userAgent': (record) => record.userAgent,
    'integration.integrationStatus': (record) => record.integrationStatus,
    'integration.latency': (record) => whole(record.integrationLatencyMs),
    'integration.requestId': () => undefined,
    'integration.status': (record) => record.backendStatus,
    integrationLatency: (record) => whole(record.integrationLatencyMs),
    integrationStatus: (record) => record.integrationStatus,
    isCanaryRequest: () => 'false',
    path: (record) => record.path,
    protocol: (record) => record.protocol,
    requestId: (record) => record.requestId,
    requestTime: (record) => requestTime(record.startMs),
    requestTimeEpoch: (record) => Math.floor(record.startMs),
    resourceId: (record) => record.resourceId,
    resourcePath: (record) => record.resourcePath,
    responseLatency: (record) => whole(record.endMs - record.startMs),
    responseLength: (record) => record.responseLength,
    stage: (record) => record.stage,
    status: (record) => record.status,
  }),
);
