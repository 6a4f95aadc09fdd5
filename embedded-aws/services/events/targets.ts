import type { Target } from '@aws-sdk/client-eventbridge';
import { AwsError, NotImplemented } from '../../kernel/aws-error.ts';
import { undeclaredPlaceholder } from './input-transformer.ts';
import { type Rule, validation } from './rule-store.ts';

const MOST_TARGETS = 5;
const KNOWN_SERVICES = new Set(['lambda', 'sqs', 'sns', 'logs']);

/** Adds targets to a rule; one with a known id replaces it. @throws as EventBridge does; NotImplemented for other services */
export function putTargets(rule: Rule, targets: readonly Target[]): void {
  for (const target of targets) check(target);
  const ids = new Set([...rule.targets.keys(), ...targets.map(({ Id = '' }) => Id)]);
  if (ids.size > MOST_TARGETS) {
    throw new AwsError('LimitExceededException', 'The requested resource exceeds the maximum number allowed.', {
      status: 400,
    });
  }
  for (const target of targets) rule.targets.set(target.Id ?? '', target);
}

function check(target: Target): void {
  const id = target.Id ?? '';
  if (!/^[.\-_A-Za-z0-9]{1,64}$/.test(id)) {
    throw validation(
      `1 validation error detected: Value '${id}' at 'targets.1.member.id' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+`,
    );
  }
  const inputs = [target.Input, target.InputPath, target.InputTransformer].filter((input) => input !== undefined);
  if (inputs.length > 1) {
    throw validation(`Only one of Input, InputPath, or InputTransformer must be provided for target ${id}.`);
  }
  const unknown = target.InputTransformer && undeclaredPlaceholder(target.InputTransformer);
  if (unknown) throw validation(`InputTemplate for target ${id} contains invalid placeholder ${unknown}.`);
  if (!isJson(target.Input)) throw validation('Invalid Input for target: not valid JSON.');
  const service = target.Arn?.split(':')[2] ?? '';
  if (!KNOWN_SERVICES.has(service)) throw new NotImplemented('events', `PutTargets to ${service}`);
}

function isJson(text: string | undefined): boolean {
  if (text === undefined) return true;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
