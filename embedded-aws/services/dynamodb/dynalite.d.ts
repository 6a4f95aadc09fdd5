declare module 'dynalite' {
  import type { Server } from 'node:http';

  interface Options {
    /** How long tables stay in a state of transition, in milliseconds. */
    createTableMs?: number;
    deleteTableMs?: number;
    updateTableMs?: number;
  }
  /** A DynamoDB as an HTTP server that need not listen; its tables live in memory. */
  export default function dynalite(options?: Options): Server;
}
