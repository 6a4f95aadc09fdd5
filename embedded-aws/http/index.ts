export type { Exchange, HttpRequest, HttpResponse } from './exchange.ts';
export { EMBEDDED_AWS, HANDSHAKE_PATH, type Handshake } from './handshake.ts';
