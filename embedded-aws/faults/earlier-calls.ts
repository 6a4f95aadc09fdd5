import { subjectOf } from './answers.ts';
import { destinationOf, isDelivery } from './deliveries.ts';

interface KnownCall {
  readonly service: string;
  readonly operation: string;
  readonly input: unknown;
}

/** A call that went well, and its answer. */
export interface EarlierCall {
  readonly input: unknown;
  readonly answer: unknown;
}

/** The last call of each kind, in the hour before the fault that will repeat them begins. */
export class EarlierCalls {
  private readonly calls = new Map<string, EarlierCall>();

  keep(call: KnownCall, answer: unknown): void {
    this.calls.set(keyOf(call), { input: call.input, answer });
  }

  of(call: KnownCall): EarlierCall | undefined {
    return this.calls.get(keyOf(call));
  }
}

/** Identifies a delivery by its target, and any other call by its subject. */
function keyOf({ service, operation, input }: KnownCall): string {
  return isDelivery(service, operation) ? `${operation} ${destinationOf(input)}` : subjectOf(operation, input);
}
