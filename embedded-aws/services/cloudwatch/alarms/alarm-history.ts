import type { AlarmHistoryItem, DescribeAlarmHistoryInput, HistoryItemType } from '@aws-sdk/client-cloudwatch';
import type { Clock } from '../../../kernel/simulation-clock.ts';
import type { AlarmRecord, AlarmState } from './alarm.ts';
import type { Transition } from './alarm-messages.ts';

const MOST_ITEMS_OF_ALARM = 500;

/** What happened to every alarm, the latest items only. */
export class AlarmHistory {
  private readonly clock: Clock;
  private readonly items = new Map<string, AlarmHistoryItem[]>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  add(alarm: AlarmRecord, type: HistoryItemType, summary: string, data: object): void {
    const items = this.items.get(alarm.name) ?? [];
    items.push({
      AlarmName: alarm.name,
      AlarmType: alarm.kind === 'metric' ? 'MetricAlarm' : 'CompositeAlarm',
      Timestamp: new Date(this.clock.now()),
      HistoryItemType: type,
      HistorySummary: summary,
      HistoryData: JSON.stringify(data),
    });
    if (items.length > MOST_ITEMS_OF_ALARM) items.shift();
    this.items.set(alarm.name, items);
  }

  addTransition({ alarm, from, to }: Transition): void {
    this.add(alarm, 'StateUpdate', `Alarm updated from ${from.value} to ${to.value}`, {
      version: '1.0',
      oldState: stateData(from),
      newState: stateData(to),
    });
  }

  /** Newest first unless asked otherwise. */
  describe(input: DescribeAlarmHistoryInput): AlarmHistoryItem[] {
    const { AlarmName, HistoryItemType, StartDate, EndDate, AlarmTypes } = input;
    const sources = AlarmName === undefined ? [...this.items.values()].flat() : (this.items.get(AlarmName) ?? []);
    const found = sources.filter(
      (item) =>
        (HistoryItemType === undefined || item.HistoryItemType === HistoryItemType) &&
        (AlarmTypes === undefined || AlarmTypes.some((type) => type === item.AlarmType)) &&
        isBetween(item.Timestamp, StartDate, EndDate),
    );
    const ascending = found.sort((a, b) => (a.Timestamp?.getTime() ?? 0) - (b.Timestamp?.getTime() ?? 0));
    return input.ScanBy === 'TimestampAscending' ? ascending : ascending.reverse();
  }
}

const isBetween = (at: Date | undefined, from: Date | undefined, to: Date | undefined): boolean =>
  at !== undefined && (from === undefined || at >= from) && (to === undefined || at <= to);

const stateData = (state: AlarmState) => ({
  stateValue: state.value,
  stateReason: state.reason,
  ...(state.reasonData !== undefined && { stateReasonData: parsed(state.reasonData) }),
});

/** SetAlarmState lets anybody write any text where CloudWatch itself writes JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
