import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';

const headers = { 'Content-Type': 'application/json', 'Access-Control-Allow-Origin': '*' };

const answer = (statusCode: number, body: Record<string, unknown>): APIGatewayProxyResult => ({
  statusCode,
  headers,
  body: JSON.stringify(body),
});

/** The demo's backend: small on purpose; Tidegate protects it. */
export async function handler(event: APIGatewayProxyEvent, context: Context): Promise<APIGatewayProxyResult> {
  const { awsRequestId: requestId } = context;
  const timestamp = Math.floor(Date.now() / 1000);
  switch (`${event.httpMethod} ${event.resource}`) {
    case 'GET /data':
      return answer(200, {
        message: 'Hello from throttled API!',
        timestamp,
        requestId,
        region: process.env.AWS_REGION,
      });
    case 'POST /orders':
      return answer(201, { orderId: requestId, timestamp });
    case 'GET /health':
      return answer(200, { status: 'ok', timestamp });
    default:
      return answer(404, { message: `No such route: ${event.httpMethod} ${event.resource}` });
  }
}
