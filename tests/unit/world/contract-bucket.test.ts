import { ContractBucket } from '../../../rehearsal/world/contract-bucket.ts';

describe('the contract bucket', () => {
  it('admits its burst at once and then its rate', () => {
    const bucket = new ContractBucket({ rateRps: 10, burst: 2 }, 0);
    const taken = [0, 0, 0, 100, 100, 150, 200].map((atMs) => bucket.takes(atMs));
    expect(taken).toEqual([true, true, false, true, false, false, true]);
  });

  it('lets each request admitted beyond it make up for one refusal', () => {
    const bucket = new ContractBucket({ rateRps: 10, burst: 1 }, 0);
    expect(bucket.makesUp()).toBe(false);
    bucket.exceeded();
    expect([bucket.makesUp(), bucket.makesUp()]).toEqual([true, false]);
  });

  it('remembers no more of them than its rate admits in a second, and at least one', () => {
    const madeUp = (rateRps: number) => {
      const bucket = new ContractBucket({ rateRps, burst: 1 }, 0);
      for (let request = 0; request < 100; request++) bucket.exceeded();
      return Array.from({ length: 100 }, () => bucket.makesUp()).filter(Boolean).length;
    };
    expect([madeUp(10), madeUp(0.5)]).toEqual([10, 1]);
  });
});
