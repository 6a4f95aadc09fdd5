export { type Cloud, type CloudOptions, createCloud, DEFAULT_PORT } from './cloud.ts';
export type { ApiGatewayService } from './services/apigateway/apigateway-service.ts';
export type { AcceptedWrite } from './services/apigateway/management.ts';
