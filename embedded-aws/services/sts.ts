import type { GetCallerIdentityResponse } from '@aws-sdk/client-sts';
import { ACCOUNT_ID, type Call, type Service } from '../kernel/aws.ts';

/** Security Token Service: tells callers who they are. */
export class StsService implements Service {
  readonly name = 'sts';
  readonly operations = {
    GetCallerIdentity: (_input: unknown, { caller }: Call): GetCallerIdentityResponse => {
      if (caller.kind !== 'function') {
        return {
          Account: ACCOUNT_ID,
          Arn: `arn:aws:iam::${ACCOUNT_ID}:user/developer`,
          UserId: 'AIDADEVELOPER0000001',
        };
      }
      const roleName = caller.roleArn.split('/').at(-1) ?? '';
      return {
        Account: ACCOUNT_ID,
        Arn: `arn:aws:sts::${ACCOUNT_ID}:assumed-role/${roleName}/${caller.functionName}`,
        UserId: `AROAEXAMPLE000000001:${caller.functionName}`,
      };
    },
  };
}
