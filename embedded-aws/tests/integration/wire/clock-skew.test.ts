import { CloudFormationClient, ListStacksCommand } from '@aws-sdk/client-cloudformation';
import { createCloud } from '../../../cloud.ts';
import { SimulationClock } from '../../../kernel/simulation-clock.ts';

it('a deploy onto a cloud whose clock is behind the wall’s hung: clients corrected their clocks and retried for ever', async () => {
  const clock = new SimulationClock({ offsetMs: -3_600_000, onError: () => undefined });
  const cloud = await createCloud({ seed: 1, port: 0, clock });
  const credentials = { accessKeyId: 'developer', secretAccessKey: 'developer' };
  const client = new CloudFormationClient({ endpoint: cloud.endpoint, region: 'us-east-1', credentials });
  try {
    await client.send(new ListStacksCommand({}));
    expect(Math.abs(client.config.systemClockOffset)).toBeLessThan(5000);
  } finally {
    client.destroy();
    await cloud.close();
  }
});
