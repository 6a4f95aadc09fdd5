import fc from 'fast-check';
import {
  LEASE_MS,
  type Lease,
  releaseLease,
  releaseWithPending,
  renewIfPending,
  takeLease,
} from '../../../shared/state/lease.ts';
import { type LocalTable, localTable } from '../../support/functions/local-table.ts';

const T0 = Date.UTC(2031, 0, 1);
let table: LocalTable;
let run = 0;

beforeAll(async () => {
  table = await localTable();
});
afterAll(async () => {
  await table.close();
});

const step = fc.record({
  holder: fc.nat({ max: 2 }),
  action: fc.constantFrom('take', 'take', 'renew', 'release', 'release-anyway', 'die'),
  elapsedMs: fc.constantFrom(0, 1, 1_000, LEASE_MS),
});

/** What must be true of the lease, kept beside it. */
class Model {
  readonly api = { apiId: `run${run++}`, stage: 'dev' };
  now = T0;
  private held: { holder: number; lease: Lease; untilMs: number } | undefined;
  private highestFence = 0;
  private isWordLeft = false;

  async take(holder: number): Promise<void> {
    const lease = await takeLease(table, this.api, this.now);
    expect(lease !== undefined).toBe(!this.held || this.held.untilMs <= this.now);
    this.isWordLeft = lease === undefined;
    if (!lease) return;
    expect(lease.fence).toBeGreaterThan(this.highestFence);
    this.highestFence = lease.fence;
    this.held = { holder, lease, untilMs: this.now + LEASE_MS };
  }

  async renew(holder: number): Promise<void> {
    if (this.held?.holder !== holder) return;
    const isRenewed = (await renewIfPending(table, this.held.lease, this.now)) !== undefined;
    expect(isRenewed).toBe(this.isWordLeft);
    if (isRenewed) this.held = { ...this.held, untilMs: this.now + LEASE_MS };
    this.isWordLeft = false;
  }

  async release(holder: number, evenIfPending: boolean): Promise<void> {
    if (this.held?.holder !== holder) return;
    const { lease } = this.held;
    const isReleased = await releaseLease(table, lease);
    expect(isReleased).toBe(!this.isWordLeft);
    if (!isReleased && !evenIfPending) return;
    expect((await releaseWithPending(table, lease)) !== undefined).toBe(!isReleased);
    this.held = undefined;
    this.isWordLeft = false;
  }
}

test('whatever happens: one holder at a time, rising fences, and no word is lost while the lease is held', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
      const model = new Model();
      for (const { holder, action, elapsedMs } of steps) {
        model.now += elapsedMs;
        if (action === 'take') await model.take(holder);
        else if (action === 'renew') await model.renew(holder);
        else if (action !== 'die') await model.release(holder, action === 'release-anyway');
      }
    }),
    { numRuns: 60 },
  );
});
