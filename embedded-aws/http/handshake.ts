import type { WireResponse } from '../wire/message.ts';

/** A path that no service of AWS has: a bucket's name never begins with an underscore. */
export const HANDSHAKE_PATH = '/_tidegate/embedded-aws';

/** What only the embedded AWS answers there. */
export const HANDSHAKE_ANSWER = '{"name":"tidegate-embedded-aws"}';

/** By this `npm run remove` knows that it talks to the embedded AWS before it deletes anything. */
export const handshake = (): WireResponse => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: HANDSHAKE_ANSWER,
});
