/** The input cannot be replayed; the message says where, why, and what to write instead. */
export class TraceError extends Error {
  override readonly name = 'TraceError';
}

/** @param line counted from 1, as editors do */
export const refusedAt = (line: number, reason: string): TraceError => new TraceError(`Line ${line}: ${reason}`);
