import type { EpochMs } from '../shared/platform/units.ts';

const ANSWER_WITHIN_MS = 2_000;

/**
 * The time at the endpoint that `AWS_ENDPOINT_URL` names, from the `Date` of an unsigned answer: during an incident of
 * `npm start` the embedded AWS's clock is behind the wall clock. AWS itself keeps the wall clock's time.
 * @returns the wall clock's time without such an endpoint, and if the endpoint gives none
 */
export async function serviceNow(environment: Readonly<Record<string, string | undefined>>): Promise<EpochMs> {
  const endpoint = environment.AWS_ENDPOINT_URL;
  if (!endpoint) return Date.now();
  try {
    const { headers } = await fetch(endpoint, { method: 'HEAD', signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    const atMs = Date.parse(headers.get('date') ?? '');
    return Number.isNaN(atMs) ? Date.now() : atMs;
  } catch {
    // The command's own requests will say why nothing answers.
    return Date.now();
  }
}
