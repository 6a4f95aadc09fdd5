import { subjectOf } from './answers.ts';

/** The last answer to each call, for as long as the fault that will repeat them has not begun. */
export class StaleAnswers {
  private readonly answers = new Map<string, { readonly answer: unknown }>();

  keep(operation: string, input: unknown, answer: unknown): void {
    this.answers.set(subjectOf(operation, input), { answer });
  }

  of(operation: string, input: unknown): { readonly answer: unknown } | undefined {
    return this.answers.get(subjectOf(operation, input));
  }
}
