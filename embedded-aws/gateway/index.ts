export type { DeployedApi } from './deployed/deployed-api.ts';
export { EVERY_METHOD } from './deployed/method-spelling.ts';
export type { Admission, FinishedRequest, GatewayPort, GatewayRequest } from './deployed/simulation-port.ts';
export { Enforcement } from './enforcement/enforcement.ts';
export { StageDoor } from './enforcement/stage-door.ts';
