import type { Conclusion } from '../../../shared/law/types.ts';

/** Expects two whole sentences, as somebody on call reads them, that name `numbers`. */
export function expectReadable(said: Pick<Conclusion, 'reason' | 'wouldChange'>, ...numbers: readonly string[]): void {
  expect(said.reason).toMatch(/^[A-Z0-9].{15,}\.$/);
  expect(said.wouldChange).toMatch(/^[A-Z0-9].{10,}\.$/);
  for (const number of numbers) expect(`${said.reason} ${said.wouldChange}`).toContain(number);
}
