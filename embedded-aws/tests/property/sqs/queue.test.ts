import fc from 'fast-check';
import { Queue } from '../../../services/sqs/message-queue.ts';

const VISIBILITY_MS = 10_000;
const ARN = 'arn:aws:sqs:us-east-1:123456789012:work';

type Step =
  | { readonly kind: 'send'; readonly delaySeconds: number }
  | { readonly kind: 'receive'; readonly limit: number }
  | { readonly kind: 'delete'; readonly choice: number }
  | { readonly kind: 'wait'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('send' as const), delaySeconds: fc.integer({ min: 0, max: 20 }) }),
  fc.record({ kind: fc.constant('receive' as const), limit: fc.integer({ min: 1, max: 10 }) }),
  fc.record({ kind: fc.constant('delete' as const), choice: fc.nat() }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 15_000 }) }),
);

interface Held {
  readonly id: string;
  readonly receiptHandle: string;
}

/** What the outside knows of a standard queue, beside the queue itself. */
class Model {
  readonly queue: Queue;
  nowMs = 0;
  sent = 0;
  readonly alive = new Map<string, { hiddenUntilMs: number }>();
  readonly held: Held[] = [];

  constructor(attributes: Record<string, string>) {
    this.queue = new Queue('work', ARN, attributes, 0);
  }

  run(next: Step): void {
    if (next.kind === 'wait') this.nowMs += next.ms;
    if (next.kind === 'send') this.send(next.delaySeconds);
    if (next.kind === 'receive') this.receive(next.limit);
    if (next.kind === 'delete') this.delete(next.choice);
  }

  receive(limit: number): void {
    const { received } = this.queue.receive(limit, VISIBILITY_MS, this.nowMs);
    expect(received.length).toBeLessThanOrEqual(limit);
    for (const { message, receiptHandle } of received) {
      const known = this.alive.get(message.id);
      expect(known?.hiddenUntilMs).toBeLessThanOrEqual(this.nowMs);
      this.alive.set(message.id, { hiddenUntilMs: this.nowMs + VISIBILITY_MS });
      this.held.push({ id: message.id, receiptHandle });
    }
  }

  private send(delaySeconds: number): void {
    const id = `m${this.sent++}`;
    const message = { id, body: id, attributes: {}, senderId: 's', delaySeconds };
    this.queue.send(message, this.nowMs);
    this.alive.set(id, { hiddenUntilMs: this.nowMs + delaySeconds * 1000 });
  }

  private delete(choice: number): void {
    const held = this.held[choice % Math.max(1, this.held.length)];
    if (!held) return;
    this.queue.delete(held.receiptHandle, this.nowMs);
    this.alive.delete(held.id);
  }
}

test('no message is lost, and none is visible again before its timeout', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const model = new Model({});
      for (const next of steps) model.run(next);
      const { visible, inFlight, delayed } = model.queue.counts(model.nowMs);
      expect(visible + inFlight + delayed).toBe(model.alive.size);
      model.nowMs += 60_000;
      const { received } = model.queue.receive(1000, VISIBILITY_MS, model.nowMs);
      expect(received.map(({ message }) => message.id).sort()).toEqual([...model.alive.keys()].sort());
    }),
  );
});

test('with a dead-letter queue every message is received at most as often as allowed, then moves there', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 5 }), (count, maxReceiveCount) => {
      const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: `${ARN}-dead`, maxReceiveCount });
      const queue = new Queue('work', ARN, { RedrivePolicy }, 0);
      for (let i = 0; i < count; i++) queue.send({ id: `m${i}`, body: 'x', attributes: {}, senderId: 's' }, 0);
      let receptions = 0;
      let moved = 0;
      for (let round = 0; round < maxReceiveCount + 2; round++) {
        const { received, exhausted } = queue.receive(10_000, VISIBILITY_MS, round * VISIBILITY_MS);
        receptions += received.length;
        moved += exhausted.length;
      }
      expect([receptions, moved]).toEqual([count * maxReceiveCount, count]);
    }),
  );
});

test('a FIFO queue keeps the order of each group', () => {
  const sends = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 30 });
  const limits = fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 60, maxLength: 60 });
  fc.assert(
    fc.property(sends, limits, (groups, batchSizes) => {
      const queue = new Queue('work.fifo', ARN, { FifoQueue: 'true' }, 0);
      groups.forEach((groupId, i) => {
        queue.send(
          { id: `m${i}`, body: String(i), attributes: {}, senderId: 's', groupId, deduplicationId: `${i}` },
          0,
        );
      });
      const seen = new Map<string, number[]>();
      for (const [round, limit] of batchSizes.entries()) {
        for (const { message, receiptHandle } of queue.receive(limit, VISIBILITY_MS, round).received) {
          seen.set(message.groupId ?? '', [...(seen.get(message.groupId ?? '') ?? []), Number(message.body)]);
          queue.delete(receiptHandle, round);
        }
      }
      const orders = [...seen.values()];
      expect(orders.flat()).toHaveLength(groups.length);
      for (const order of orders) expect(order).toEqual(order.toSorted((x, y) => x - y));
    }),
  );
});
