import fc from 'fast-check';
import { evaluate } from '../../../iam/evaluate-policy.ts';
import { matchesPattern } from '../../../iam/patterns.ts';
import type { PolicyDocument, PolicyStatement } from '../../../kernel/aws.ts';

const action = fc.constantFrom('ssm:GetParameter', 'ssm:PutParameter', 'dynamodb:GetItem');
const resource = fc.constantFrom('arn:a', 'arn:b', 'arn:b/c');
const request = fc.record({ action, resource, context: fc.constant({}) });
const statement: fc.Arbitrary<PolicyStatement> = fc.record({
  Effect: fc.constantFrom('Allow' as const, 'Deny' as const),
  Action: fc.oneof(action, fc.constantFrom('*', 'ssm:*', 'SSM:get*'), fc.array(action, { minLength: 1 })),
  Resource: fc.oneof(resource, fc.constantFrom('*', 'arn:b*', 'arn:?')),
});
const policies: fc.Arbitrary<PolicyDocument[]> = fc.array(fc.record({ Statement: fc.array(statement) }));

const plus = (documents: readonly PolicyDocument[], extra: PolicyStatement): PolicyDocument[] => [
  ...documents,
  { Statement: [extra] },
];

test('nothing is allowed without a statement that allows it', () => {
  fc.assert(
    fc.property(policies, request, (documents, asked) => {
      const onlyDenials = documents.map(({ Statement }) => ({
        Statement: Statement.filter((s) => s.Effect === 'Deny'),
      }));
      expect(evaluate(onlyDenials, asked)).not.toBe('allowed');
    }),
  );
});

test('an explicit deny wins, wherever it stands', () => {
  fc.assert(
    fc.property(policies, request, (documents, asked) => {
      const denial = { Effect: 'Deny', Action: asked.action, Resource: asked.resource } as const;
      expect(evaluate(plus(documents, denial), asked)).toBe('explicitDeny');
      expect(evaluate(plus(documents, denial).reverse(), asked)).toBe('explicitDeny');
    }),
  );
});

test('an allow for everything allows all that is not denied', () => {
  fc.assert(
    fc.property(policies, request, (documents, asked) => {
      const before = evaluate(documents, asked);
      const after = evaluate(plus(documents, { Effect: 'Allow', Action: '*', Resource: '*' }), asked);
      expect(after).toBe(before === 'explicitDeny' ? 'explicitDeny' : 'allowed');
    }),
  );
});

test('the order of policies and of statements does not matter', () => {
  fc.assert(
    fc.property(policies, request, (documents, asked) => {
      const reversed = documents.map(({ Statement }) => ({ Statement: Statement.toReversed() })).reverse();
      expect(evaluate(reversed, asked)).toBe(evaluate(documents, asked));
    }),
  );
});

test('a pattern made from a text by wildcards matches that text', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string(), fc.constantFrom('keep', '*', '?'))), (parts) => {
      const text = parts.map(([part, how]) => (how === '?' ? [...part][0] : part) ?? '').join('');
      const single = (part: string) => ([...part][0] ?? '').replace(/[\s\S]/gu, '?');
      const escaped = parts.map(([part, how]) => (how === '*' ? '*' : how === '?' ? single(part) : part));
      expect(matchesPattern(escaped.join(''), text)).toBe(true);
    }),
  );
});
