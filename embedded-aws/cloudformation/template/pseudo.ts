import { ACCOUNT_ID, REGION } from '../../kernel/aws.ts';

export const NO_VALUE = 'AWS::NoValue';

/** The pseudo parameters that do not depend on the stack. */
export const REGIONAL: Readonly<Record<string, string>> = {
  'AWS::AccountId': ACCOUNT_ID,
  'AWS::Partition': 'aws',
  'AWS::Region': REGION,
  'AWS::URLSuffix': 'amazonaws.com',
};

export const PSEUDO_PARAMETERS: ReadonlySet<string> = new Set([
  ...Object.keys(REGIONAL),
  ...['AWS::StackId', 'AWS::StackName', 'AWS::NotificationARNs', NO_VALUE],
]);

export const AVAILABILITY_ZONES: readonly string[] = ['a', 'b', 'c', 'd', 'e', 'f'].map((zone) => `${REGION}${zone}`);
