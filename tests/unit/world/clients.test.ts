import type { ClientBehaviour } from '../../../rehearsal/world/scenario.ts';
import { LONGEST_RETRY_DELAY_MS, retryDelayMs } from '../../../rehearsal/world/world-clients.ts';

const half = () => 0.5;
const delay = (behaviour: ClientBehaviour, attempt: number, status: number) =>
  retryDelayMs(behaviour, attempt, status, half);

describe('a client that was not served', () => {
  it.each([200, 400, 403, 404])('is content with %d', (status) => {
    expect(delay({ kind: 'immediate', maxAttempts: 9 }, 1, status)).toBeUndefined();
  });

  it('may never try again', () => {
    expect(delay({ kind: 'none' }, 1, 429)).toBeUndefined();
  });

  it.each([429, 500, 503, 504])('tries again at once on %d, until its attempts are spent', (status) => {
    const behaviour: ClientBehaviour = { kind: 'immediate', maxAttempts: 3 };
    expect([1, 2, 3].map((attempt) => delay(behaviour, attempt, status))).toEqual([20, 20, undefined]);
  });

  it('backs off exponentially with full jitter up to its cap', () => {
    const behaviour: ClientBehaviour = { kind: 'backoff', maxAttempts: 9, baseMs: 100, capMs: 500 };
    expect([1, 2, 3, 4, 5].map((attempt) => delay(behaviour, attempt, 429))).toEqual([50, 100, 200, 250, 250]);
  });

  it('honours Retry-After on 429 and backs off on failures, which carry none', () => {
    const behaviour: ClientBehaviour = { kind: 'retry-after', maxAttempts: 4 };
    expect(delay(behaviour, 3, 429)).toBe(1500);
    expect(delay(behaviour, 3, 503)).toBe(2000);
  });

  it('never waits longer than the world remembers, nor less than a millisecond', () => {
    const behaviour: ClientBehaviour = { kind: 'backoff', maxAttempts: 99, baseMs: 1e9, capMs: 1e12 };
    expect(retryDelayMs(behaviour, 40, 429, () => 0.999999)).toBeLessThanOrEqual(LONGEST_RETRY_DELAY_MS);
    expect(retryDelayMs(behaviour, 1, 429, () => 0)).toBe(1);
  });
});
