import { AwsError, type EmbeddedAws } from '@tidegate/embedded-aws/kernel';

const CONTROL = 'tidegate-dev-control';

/** Can kill the control function, so that every invocation of it fails, and bring it back. */
export class DeadControl {
  isDead = false;

  constructor(aws: EmbeddedAws) {
    aws.setInterceptor(async (service, operation, input, run) => {
      const { FunctionName = '' } = input as { FunctionName?: string };
      if (this.isDead && service === 'lambda' && operation === 'Invoke' && FunctionName.endsWith(CONTROL)) {
        throw new AwsError('ServiceException', 'Control is dead.', { status: 500 });
      }
      return await run();
    });
  }
}
