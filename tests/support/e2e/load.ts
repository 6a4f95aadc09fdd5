import { createRequire } from 'node:module';

/** One answer that a load met. */
export interface LoadAnswer {
  readonly status: number;
  readonly atMs: number;
}

export interface LoadOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly seconds: number;
  /** Tells when an answer came, milliseconds. */
  readonly nowMs: () => number;
}

/** As much of autocannon, which has no types of its own, as is used here. */
interface Run extends PromiseLike<{ readonly errors: number }> {
  on(event: 'response', listener: (client: unknown, status: number) => void): void;
}
type Autocannon = (options: object) => Run;

const autocannon = createRequire(__filename)('autocannon') as Autocannon;
/** Each sends its next request when the last one is answered: a few offer thousands a second. */
const CONNECTIONS = 4;

/** Offers GET requests over HTTP on the wall clock, as many as a few connections bear. @returns every answer in the order it came */
export async function load({ url, headers, seconds, nowMs }: LoadOptions): Promise<LoadAnswer[]> {
  const answers: LoadAnswer[] = [];
  const run = autocannon({
    url,
    headers,
    connections: CONNECTIONS,
    duration: seconds,
  });
  run.on('response', (_client, status) => answers.push({ status, atMs: nowMs() }));
  const { errors } = await run;
  if (errors > 0) throw new Error(`${errors} requests were not answered.`);
  return answers;
}
