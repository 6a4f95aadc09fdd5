import { stop } from 'esbuild';

/**
 * Ends esbuild's process when a command fails. serverless-esbuild ends it after a success only, and the framework waits for
 * it: a command whose build failed would say why and then never end.
 */
export default class StopEsbuild {
  constructor() {
    this.hooks = { error: () => stop() };
  }
}
