import { DEVELOPER, type EmbeddedAws } from '@tidegate/embedded-aws/kernel';
import * as z from 'zod';
import { sacrificeRank } from '../../shared/law/allocation/sacrifice.ts';
import type { TierName } from '../../shared/platform/units.ts';
import { type Policy, policySchema, tierPolicyOf } from '../../shared/policy/schema/policy-schema.ts';
import type { TierTerms } from '../world/omniscient.ts';
import type { DeployedService } from './deployed-stack.ts';

/** A policy document from a file, unchecked, because the service checks it. */
export type PolicyDocument = Readonly<Record<string, unknown>>;

const documentSchema = z.record(z.string(), z.unknown());
const parameterName = (service: DeployedService): string => `${service.parameterPrefix}/policies/default`;

/** @throws SyntaxError or ZodError when the text is not one JSON object. */
export function parsePolicyDocument(text: string): PolicyDocument {
  return documentSchema.parse(JSON.parse(text));
}

export interface PolicyChoice {
  readonly scale: number;
  /** Instead of the deployed default. */
  readonly document?: PolicyDocument | undefined;
  /** Nothing is to be written, whatever the document says. */
  readonly isShadow?: boolean | undefined;
}

/**
 * Stores the rehearsal's policy in its parameter: `document`, or the deployed default, with the deployed API and scaled like
 * everything else.
 * @returns the policy that will be in force
 * @throws ZodError for an invalid policy, because a rehearsal would then run with another policy
 */
export async function installPolicy(
  aws: EmbeddedAws,
  service: DeployedService,
  { scale, document, isShadow }: PolicyChoice,
): Promise<Policy> {
  const Name = parameterName(service);
  const deployed = await aws.call<{ Parameter?: { Value?: string } }>(DEVELOPER, 'ssm', 'GetParameter', { Name });
  const base = document ?? parsePolicyDocument(deployed.Parameter?.Value ?? '');
  const api = `${service.apiId}/${service.stageName}`;
  const policy = scaledPolicy({ ...base, api, ...(isShadow && { mode: 'shadow' }) }, scale);
  const parsed = policySchema.parse(policy);
  const Value = JSON.stringify(policy);
  if (Value !== deployed.Parameter?.Value) {
    await aws.call(DEVELOPER, 'ssm', 'PutParameter', { Name, Value, Type: 'String', Overwrite: true });
  }
  return parsed;
}

/** Multiplies the rates of the document, including rates that are defaults. */
export function scaledPolicy(document: PolicyDocument, scale: number): PolicyDocument {
  if (scale === 1) return document;
  const capacity = documentSchema.optional().parse(document.capacity) ?? {};
  const guardrails = documentSchema.optional().parse(document.guardrails) ?? {};
  const scaled = (value: unknown, least: number) =>
    typeof value === 'number' ? Math.max(least, value * scale) : value;
  const scaledCapacity = Object.fromEntries(Object.entries(capacity).map(([name, value]) => [name, scaled(value, 1)]));
  const leastRateRps = scaled(guardrails.leastRateRps ?? 1, 0.1);
  return { ...document, capacity: scaledCapacity, guardrails: { ...guardrails, leastRateRps } };
}

/** The policy of each tier, for the omniscient allocator of the scores. */
export function tierTerms(policy: Policy, tiers: readonly TierName[]): TierTerms[] {
  return tiers.map((name) => {
    const { weight, floorShare } = tierPolicyOf(policy, name);
    return { name, weight, floorShare, sacrificeRank: sacrificeRank(policy, name) };
  });
}
