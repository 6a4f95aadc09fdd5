import type { QueueAttributes } from './queue-attributes.ts';
import type { StoredMessage } from './queue-message.ts';

/** How long a FIFO queue recalls a deduplication id, whether or not its message still exists. */
const WINDOW_MS = 300_000;

/** The deduplication ids of a FIFO queue, of the queue as a whole or of each message group. */
export class Deduplication {
  private readonly recent = new Map<string, StoredMessage>();

  /** The message first sent with this id within the window; otherwise `undefined`, and this one is remembered. */
  remember(message: StoredMessage, attributes: QueueAttributes, nowMs: number): StoredMessage | undefined {
    for (const [key, { sentMs }] of this.recent) {
      if (sentMs + WINDOW_MS > nowMs) break;
      this.recent.delete(key);
    }
    const scope = attributes.DeduplicationScope === 'messageGroup' ? message.groupId : '';
    const key = JSON.stringify([scope, message.deduplicationId]);
    const known = this.recent.get(key);
    if (!known) this.recent.set(key, message);
    return known;
  }
}
