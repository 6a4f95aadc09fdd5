import type { StoredEvent } from './event.ts';

const MOST_EVENTS = 10_000;
const MOST_CHARACTERS = 8_000_000;

/** The youngest events of a log group, bounded in number and size: a long rehearsal must not fill the memory. */
export class EventTail {
  private events: StoredEvent[] = [];
  private start = 0;
  private characters = 0;

  push(event: StoredEvent): void {
    this.events.push(event);
    this.characters += event.message.length;
    while (this.length > MOST_EVENTS || (this.characters > MOST_CHARACTERS && this.length > 1)) this.dropOldest();
  }

  get length(): number {
    return this.events.length - this.start;
  }

  /** Oldest first, in the order of arrival. */
  all(): StoredEvent[] {
    return this.events.slice(this.start);
  }

  dropStream(stream: string): void {
    this.events = this.all().filter((event) => event.stream !== stream);
    this.start = 0;
    this.characters = this.events.reduce((sum, event) => sum + event.message.length, 0);
  }

  private dropOldest(): void {
    this.characters -= this.events[this.start]?.message.length ?? 0;
    this.start++;
    if (this.start < MOST_EVENTS) return;
    this.events = this.events.slice(this.start);
    this.start = 0;
  }
}
