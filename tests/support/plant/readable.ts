import type { Conclusion } from '../../../shared/control/types.ts';

/** What a person reads at 3 a.m.: two whole sentences, and the numbers that mattered. */
export function expectReadable(said: Pick<Conclusion, 'reason' | 'wouldChange'>, ...numbers: readonly string[]): void {
  expect(said.reason).toMatch(/^[A-Z0-9].{15,}\.$/);
  expect(said.wouldChange).toMatch(/^[A-Z0-9].{10,}\.$/);
  for (const number of numbers) expect(`${said.reason} ${said.wouldChange}`).toContain(number);
}
