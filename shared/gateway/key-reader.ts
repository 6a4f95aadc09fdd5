import { type APIGatewayClient, GetUsagePlanKeysCommand } from '@aws-sdk/client-api-gateway';
import type { KeyId } from '../platform/units.ts';
import type { KeyReader } from './port.ts';

const PAGE_LIMIT = 500;

/** `GetUsagePlanKeys` returns key values: only the ids are used, and nothing is logged. */
export function createKeyReader(client: APIGatewayClient): KeyReader {
  return {
    planKeyIds: async (usagePlanId) => {
      const ids: KeyId[] = [];
      let position: string | undefined;
      do {
        const page = await client.send(
          new GetUsagePlanKeysCommand({ usagePlanId, limit: PAGE_LIMIT, ...(position ? { position } : {}) }),
        );
        // Stryker disable next-line ArrayDeclaration: what has no id is passed by.
        for (const { id } of page.items ?? []) if (id !== undefined) ids.push(id);
        position = page.position;
      } while (position !== undefined);
      return ids;
    },
  };
}
