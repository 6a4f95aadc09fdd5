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

/** 56 digits as CloudWatch Logs gives them: unique in a group and, read as text, in the order of arrival. */
export const eventId = (event: StoredEvent): string =>
  `3${String(event.ingestedMs).padStart(15, '0')}${String(event.sequence).padStart(40, '0')}`;
