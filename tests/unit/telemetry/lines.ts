const ANSWERED = {
  requestId: 'r',
  extendedRequestId: 'x',
  timeEpochMs: '1924992000000',
  apiId: 'abc123def4',
  stage: 'dev',
  resourcePath: '/data',
  httpMethod: 'GET',
  status: '200',
  errorType: '-',
  apiKeyId: 'key1',
  tier: '-',
  responseLatency: '203',
  integrationLatency: '198',
  integrationStatus: '200',
  backendStatus: '200',
  wafAction: '-',
  sourceIp: '192.0.2.1',
};

/** An access-log line as API Gateway writes it: every value quoted, `-` for what is absent. */
export function line(fields: Partial<Record<keyof typeof ANSWERED, string>>): string {
  return JSON.stringify({ ...ANSWERED, ...fields });
}

export const THROTTLED = {
  status: '429',
  errorType: 'THROTTLED',
  integrationLatency: '-',
  integrationStatus: '-',
  backendStatus: '-',
};
