import type { PolicyDocument } from '../../kernel/aws.ts';
import { AwsError } from '../../kernel/aws-error.ts';

/**
 * Reads a policy as a caller wrote it.
 * @throws AwsError `MalformedPolicyDocument` when it is not JSON with statements of a known effect.
 */
export function parsePolicy(text: string | undefined): PolicyDocument {
  const malformed = (reason: string) => new AwsError('MalformedPolicyDocumentException', reason, { status: 400 });
  let document: Partial<PolicyDocument> | null;
  try {
    document = JSON.parse(text ?? '') as Partial<PolicyDocument> | null;
  } catch {
    throw malformed('Syntax errors in policy.');
  }
  if (!document?.Statement) throw malformed('Missing required field Statement');
  const statements = Array.isArray(document.Statement) ? document.Statement : [document.Statement];
  if (statements.some(({ Effect }) => Effect !== 'Allow' && Effect !== 'Deny')) {
    throw malformed('Syntax errors in policy.');
  }
  return { ...document, Statement: statements };
}

/** IAM answers with documents percent-encoded. */
export const encodedPolicy = (document: PolicyDocument): string => encodeURIComponent(JSON.stringify(document));
