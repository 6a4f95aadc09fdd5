/** A log event as a caller hands it in; the timestamp is in milliseconds since the epoch. */
export interface LogLine {
  readonly timestamp: number;
  readonly message: string;
}

/** A log event as a group keeps it. */
export interface StoredEvent extends LogLine {
  readonly stream: string;
  readonly ingestedMs: number;
  /** Counts up over the whole group: the order of arrival. */
  readonly sequence: number;
}

const ZEROS = '0'.repeat(40);

/** 56 digits as CloudWatch Logs gives them: unique in a group and, read as text, in the order of arrival. */
export function eventId(event: StoredEvent): string {
  const ingested = String(event.ingestedMs);
  const sequence = String(event.sequence);
  return `3${ZEROS.slice(ingested.length, 15)}${ingested}${ZEROS.slice(sequence.length)}${sequence}`;
}
