import { own } from '../../kernel/plain-records.ts';

interface GatewayResponseType {
  /** As GetGatewayResponses lists it; the two DEFAULT types have none. */
  readonly status: number | undefined;
  readonly message: string;
  /** `x-amzn-ErrorType`. */
  readonly errorType: string;
}

const SERVER_ERROR = { message: 'Internal server error', errorType: 'InternalServerErrorException' };
const FORBIDDEN = { status: 403, message: 'Forbidden', errorType: 'ForbiddenException' };
const BAD_REQUEST = { status: 400, message: 'Invalid request body', errorType: 'BadRequestException' };

/** Every gateway response type with AWS's default answer, in the order of the listing. */
export const GATEWAY_RESPONSE_TYPES: Readonly<Record<string, GatewayResponseType>> = {
  ACCESS_DENIED: { ...FORBIDDEN, message: 'Access Denied', errorType: 'AccessDeniedException' },
  API_CONFIGURATION_ERROR: { status: 500, ...SERVER_ERROR },
  AUTHORIZER_CONFIGURATION_ERROR: { status: 500, ...SERVER_ERROR },
  AUTHORIZER_FAILURE: { status: 500, ...SERVER_ERROR },
  BAD_REQUEST_BODY: BAD_REQUEST,
  BAD_REQUEST_PARAMETERS: { ...BAD_REQUEST, message: 'Missing required request parameters' },
  DEFAULT_4XX: { status: undefined, message: 'Bad Request', errorType: 'BadRequestException' },
  DEFAULT_5XX: { status: undefined, ...SERVER_ERROR },
  EXPIRED_TOKEN: {
    status: 403,
    message: 'The security token included in the request is expired',
    errorType: 'ExpiredTokenException',
  },
  INTEGRATION_FAILURE: { status: 504, ...SERVER_ERROR },
  INTEGRATION_TIMEOUT: {
    status: 504,
    message: 'Endpoint request timed out',
    errorType: 'InternalServerErrorException',
  },
  INVALID_API_KEY: FORBIDDEN,
  INVALID_SIGNATURE: {
    status: 403,
    message: 'The request signature does not match',
    errorType: 'InvalidSignatureException',
  },
  MISSING_AUTHENTICATION_TOKEN: {
    status: 403,
    message: 'Missing Authentication Token',
    errorType: 'MissingAuthenticationTokenException',
  },
  QUOTA_EXCEEDED: { status: 429, message: 'Limit Exceeded', errorType: 'LimitExceededException' },
  REQUEST_TOO_LARGE: { status: 413, message: 'Request Too Long', errorType: 'RequestTooLongException' },
  RESOURCE_NOT_FOUND: { status: 404, message: 'Not Found', errorType: 'NotFoundException' },
  THROTTLED: { status: 429, message: 'Too Many Requests', errorType: 'TooManyRequestsException' },
  UNAUTHORIZED: { status: 401, message: 'Unauthorized', errorType: 'UnauthorizedException' },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    message: 'Unsupported Media Type',
    errorType: 'UnsupportedMediaTypeException',
  },
  WAF_FILTERED: FORBIDDEN,
};

/** The body template of every type without customisation. */
export const DEFAULT_TEMPLATES: Readonly<Record<string, string>> = {
  'application/json': '{"message":$context.error.messageString}',
};

/** The text that a caller reads in `message`. */
export const gatewayResponseMessage = (type: string): string =>
  own(GATEWAY_RESPONSE_TYPES, type)?.message ?? SERVER_ERROR.message;
