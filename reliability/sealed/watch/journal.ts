import { existsSync, readFileSync } from 'node:fs';

/** One line that the watch wrote. */
export interface Sighting {
  readonly kind: 'connection' | 'look-up' | 'key' | 'token' | 'foreign signature';
  readonly value: string;
  /** The file that the process was running. */
  readonly program: string;
}

/** Access key ids that are ours: the developer's, and those of deployed functions. */
const OWN_KEY = /^(developer|FN\..+)$/;

/** What the watch saw; nothing when it wrote nothing. */
export function readJournal(path: string): Sighting[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Sighting);
}

/** Attempts to leave the machine. */
export const departures = (seen: readonly Sighting[]): Sighting[] =>
  seen.filter(({ kind }) => kind === 'connection' || kind === 'look-up');

/** Requests and signatures that carry a key, a token or a secret of the user's. */
export const foreignSignatures = (seen: readonly Sighting[]): Sighting[] =>
  seen.filter(
    ({ kind, value }) => kind === 'token' || kind === 'foreign signature' || (kind === 'key' && !OWN_KEY.test(value)),
  );

/** Requests that carry our own keys. */
export const ownSignatures = (seen: readonly Sighting[]): Sighting[] =>
  seen.filter(({ kind, value }) => kind === 'key' && OWN_KEY.test(value));
