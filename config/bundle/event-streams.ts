/**
 * Stands in for the SDK's codec of event streams in the bundles. The SDK loads it for operations that answer with a
 * stream of events, and no function calls one.
 */
export class EventStreamSerde {
  constructor() {
    throw new Error('The bundles leave out event streams: see config/esbuild.yml.');
  }
}
