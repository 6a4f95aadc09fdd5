import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ComputeCloud, createComputeCloud, EPOCH_MS } from '../../support/compute/compute-cloud.ts';
import { deploy, invoke } from '../../support/compute/functions.ts';

/** Answers like SSM, after as many turns of the event loop as a slow network would need. */
function ssmServer(seen: string[]): Server {
  return createServer((request, response) => {
    seen.push(request.headers.authorization ?? '');
    const answer = () => {
      response.setHeader('content-type', 'application/x-amz-json-1.1');
      response.end(JSON.stringify({ Parameter: { Name: '/p', Value: 'run' } }));
    };
    request.resume().on('end', () => setTimeout(answer, 30));
  });
}

const SOURCE = `import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
  const client = new SSMClient({});
  export const handler = async () => {
    const guard = new Promise((_, reject) => setTimeout(() => reject(new Error('guard fired early')), 50).unref());
    const { Parameter } = await Promise.race([client.send(new GetParameterCommand({ Name: '/p' })), guard]);
    return [Parameter.Value, Date.now()];
  };`;

let server: Server;
let cloud: ComputeCloud;
const seen: string[] = [];

beforeAll(async () => {
  server = ssmServer(seen);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  cloud = await createComputeCloud({ endpoint: `http://127.0.0.1:${port}` });
  await deploy(cloud, 'caller', SOURCE);
});

afterAll(async () => {
  cloud.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test('the packaged SDK reaches the cloud as the function, in no virtual time, however long the answer takes', async () => {
  const { payload } = await invoke(cloud, 'caller');
  expect(payload).toEqual(['run', EPOCH_MS]);
  expect(seen).toHaveLength(1);
  expect(seen[0]).toContain('Credential=FN.caller/20310101/us-east-1/ssm/aws4_request');
});
