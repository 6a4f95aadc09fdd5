import type { WireResponse } from '../wire/message.ts';

/** A path that no service of AWS has: a bucket's name never begins with an underscore. */
export const HANDSHAKE_PATH = '/_tidegate/embedded-aws';

/** The name that only the embedded AWS gives there. */
export const EMBEDDED_AWS = 'tidegate-embedded-aws';

/** The body of the answer, as JSON. */
export interface Handshake {
  readonly name: string;
  /** Whether somebody plays an incident on the cloud, so that nothing may be removed from it. */
  readonly isPlaying: boolean;
}

/** Tells `npm run remove` before it deletes anything that it talks to the embedded AWS, and whether it may begin. */
export const handshake = (isPlaying: boolean): WireResponse => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ name: EMBEDDED_AWS, isPlaying } satisfies Handshake),
});
