import type { Logger } from '../../platform/logger.ts';
import type { PublishMetrics } from '../../platform/metrics.ts';
import type { Table } from './table.ts';

type Parts = Required<Pick<Table, 'client' | 'name' | 'clock'>> & {
  readonly logger: Logger;
  readonly publish: PublishMetrics;
};

/** The state table for a function: every item read is checked, and an unusable item is logged and counted. */
export function openTable({ client, name, clock, logger, publish }: Parts): Table {
  return {
    ...{ client, name, clock },
    report: ({ key: { pk, sk }, why, isTooLarge }) => {
      const message = isTooLarge
        ? 'A value is too large for the state table.'
        : 'An item of the state table cannot be used.';
      logger.warn(message, { pk, sk, why });
      publish({ Partition: pk.split('#')[0] ?? pk }, [{ name: 'StateDamaged', unit: 'Count', values: [1] }]);
    },
  };
}
