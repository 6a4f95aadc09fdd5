import type { GatewayResponse } from '@aws-sdk/client-api-gateway';
import { renderGatewayResponse } from '../../../gateway/request/gateway-response.ts';
import { gatewayResponseMessage } from '../../../gateway/request/gateway-response-types.ts';
import type { AccessRecord } from '../../../gateway/telemetry/access-record.ts';

function render(type: string, status: number, customised: Record<string, GatewayResponse> = {}) {
  const record = {
    requestId: 'request-1',
    stage: 'dev',
    resourcePath: '/orders/{id}',
    status: 0,
    errorType: type,
    errorMessage: gatewayResponseMessage(type),
  } as AccessRecord;
  return renderGatewayResponse(new Map(Object.entries(customised)), type, status, {
    record,
    stageVariables: { retry: '7' },
    headers: { origin: 'https://example.org' },
    pathParameters: { id: '42' },
    queryParameters: { page: '3' },
  });
}

describe('a gateway response', () => {
  test.each([
    ['THROTTLED', 429, 'Too Many Requests', 'TooManyRequestsException'],
    ['QUOTA_EXCEEDED', 429, 'Limit Exceeded', 'LimitExceededException'],
    ['INVALID_API_KEY', 403, 'Forbidden', 'ForbiddenException'],
    ['MISSING_AUTHENTICATION_TOKEN', 403, 'Missing Authentication Token', 'MissingAuthenticationTokenException'],
    ['INTEGRATION_TIMEOUT', 504, 'Endpoint request timed out', 'InternalServerErrorException'],
    ['DEFAULT_5XX', 502, 'Internal server error', 'InternalServerErrorException'],
  ])('%s is, by default, AWS own', (type, status, message, errorType) => {
    expect(render(type, status)).toEqual({
      status,
      headers: { 'Content-Type': 'application/json', 'x-amzn-ErrorType': errorType },
      body: JSON.stringify({ message }),
    });
  });

  test('a customised one maps headers and substitutes variables', () => {
    const { headers, body, status } = render('THROTTLED', 429, {
      THROTTLED: {
        responseParameters: {
          'gatewayresponse.header.Retry-After': "'5'",
          'gatewayresponse.header.X-Request': 'context.requestId',
          'gatewayresponse.header.X-Origin': 'method.request.header.Origin',
          'gatewayresponse.header.X-Id': 'method.request.path.id',
          'gatewayresponse.header.X-Page': 'method.request.querystring.page',
          'gatewayresponse.header.X-Absent': 'method.request.header.Absent',
          'gatewayresponse.header.Content-Type': "'application/problem+json'",
        },
        responseTemplates: {
          'application/json':
            '{"type":"$context.error.responseType","detail":$context.error.messageString,"retry":"$stageVariables.retry","none":"$stageVariables.none","id":"$method.request.path.id","status":$context.status}',
        },
      },
    });
    expect(status).toBe(429);
    expect(headers).toEqual({
      'Content-Type': 'application/problem+json',
      'x-amzn-ErrorType': 'TooManyRequestsException',
      'Retry-After': '5',
      'X-Request': 'request-1',
      'X-Origin': 'https://example.org',
      'X-Id': '42',
      'X-Page': '3',
    });
    expect(JSON.parse(body)).toEqual({
      type: 'THROTTLED',
      detail: 'Too Many Requests',
      retry: '7',
      none: '',
      id: '42',
      status: 429,
    });
  });

  test('falls back to the default of its family, unless it is customised itself', () => {
    const family = { DEFAULT_4XX: { statusCode: '444', responseTemplates: { 'application/json': 'family' } } };
    expect(render('THROTTLED', 429, family)).toMatchObject({ status: 444, body: 'family' });
    expect(render('INTEGRATION_FAILURE', 500, family)).toMatchObject({ status: 500 });
    const own = { ...family, THROTTLED: { responseTemplates: {} } };
    expect(render('THROTTLED', 429, own)).toMatchObject({ status: 429, body: '{"message":"Too Many Requests"}' });
  });
});
