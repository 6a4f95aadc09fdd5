import { readFileSync } from 'node:fs';
import { type PolicyDocument, parsePolicyDocument, scaledPolicy } from '../../rehearsal/run/rehearsal-policy.ts';
import { type Policy, policySchema } from '../../shared/policy/schema/policy-schema.ts';

const FILE = new URL('../../config/policies/default.json', import.meta.url);

/** The policy that the template deploys, in enforce mode; `scale` as a rehearsal scales it. */
export function benchPolicy(scale = 1): Policy {
  const deployed = parsePolicyDocument(readFileSync(FILE, 'utf8'));
  const document: PolicyDocument = { ...deployed, api: 'bench/stage', mode: 'enforce' };
  return policySchema.parse(scaledPolicy(document, scale));
}
