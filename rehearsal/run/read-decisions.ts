import { DEVELOPER, type EmbeddedAws } from '@tidegate/embedded-aws/kernel';
import * as z from 'zod';
import type { DeployedService } from './deployed-stack.ts';

/** A decision as a rehearsal shows it. */
export interface SeenDecision {
  readonly atMs: number;
  readonly kind: string;
  readonly rule: string;
  readonly reason: string;
}

const text = z.object({ S: z.string() });
const itemSchema = z.object({ sk: text, kind: text, decision: text });
const decisionSchema = z.object({ atMs: z.number(), kind: z.string(), rule: z.string(), reason: z.string() });
const pageSchema = z.object({ Items: z.array(itemSchema).default([]), LastEvaluatedKey: z.unknown().optional() });

/** Reads the decisions of one API from the state table, each once. */
export class DecisionReader {
  private readonly aws: EmbeddedAws;
  private readonly service: DeployedService;
  /** Sort keys begin with the instant, so that new decisions come last. */
  private lastSortKey = ' ';

  constructor(aws: EmbeddedAws, service: DeployedService) {
    this.aws = aws;
    this.service = service;
  }

  /** The decisions recorded since the last call, oldest first. */
  async takeNew(): Promise<SeenDecision[]> {
    const seen: SeenDecision[] = [];
    for (;;) {
      const page = pageSchema.parse(await this.aws.call(DEVELOPER, 'dynamodb', 'Query', this.query()));
      for (const item of page.Items) {
        seen.push(decisionSchema.parse(JSON.parse(item.decision.S)));
        this.lastSortKey = item.sk.S;
      }
      if (page.LastEvaluatedKey === undefined || page.Items.length === 0) return seen;
    }
  }

  private query() {
    const { stateTable, apiId, stageName } = this.service;
    return {
      TableName: stateTable,
      KeyConditionExpression: '#pk = :pk AND #sk > :last',
      ExpressionAttributeNames: { '#pk': 'pk', '#sk': 'sk' },
      ExpressionAttributeValues: { ':pk': { S: `DECISION#${apiId}/${stageName}` }, ':last': { S: this.lastSortKey } },
      ConsistentRead: true,
    };
  }
}
