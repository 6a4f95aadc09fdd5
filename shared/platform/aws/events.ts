import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';

/** An event that Tidegate puts on the default event bus. */
export interface Announcement {
  readonly source: 'tidegate.telemetry' | 'tidegate.control' | 'tidegate.fail-safe';
  readonly detailType: 'Tidegate Look Now' | 'Tidegate Decision';
  readonly detail: Readonly<Record<string, unknown>>;
}

export type Announce = (announcement: Announcement) => Promise<void>;

/** Announces through EventBridge. @throws Error if the bus refuses the event, which does not fail the call itself. */
export function announceThrough(client: EventBridgeClient): Announce {
  return async ({ source, detailType, detail }) => {
    const entry = { Source: source, DetailType: detailType, Detail: JSON.stringify(detail) };
    const { FailedEntryCount = 0, Entries } = await client.send(new PutEventsCommand({ Entries: [entry] }));
    if (FailedEntryCount > 0) throw new Error(`The event bus refused ${detailType}: ${Entries?.[0]?.ErrorCode}.`);
  };
}
