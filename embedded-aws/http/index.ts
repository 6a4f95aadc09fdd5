export type { Exchange, HttpRequest, HttpResponse } from './exchange.ts';
export { HANDSHAKE_ANSWER, HANDSHAKE_PATH } from './handshake.ts';
