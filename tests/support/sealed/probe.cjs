'use strict';
/**
 * Asks the endpoint who it is in each way that the framework and its plugins have: with the framework's own credentials and
 * client settings, by `fetch`, and by `http`. Prints the ARN that AWS tells.
 */
const http = require('node:http');
const { dirname } = require('node:path');
const { STSClient, GetCallerIdentityCommand } = require('@aws-sdk/client-sts');

const framework = dirname(require.resolve('serverless/package.json'));
const { getAwsSdkV3CredentialsProvider } = require(`${framework}/lib/aws/credentials`);
const { buildClientConfig } = require(`${framework}/lib/aws/config`);

async function main() {
  const provider = { getStage: () => 'dev', options: {}, serverless: { service: { provider: {} } } };
  const credentials = getAwsSdkV3CredentialsProvider({ provider });
  const { Arn } = await new STSClient(buildClientConfig({ credentials })).send(new GetCallerIdentityCommand({}));
  const endpoint = process.env.AWS_ENDPOINT_URL;
  await fetch(endpoint);
  await new Promise((answered, failed) => {
    http.get(endpoint, (answer) => answered(answer.resume())).on('error', failed);
  });
  console.log(Arn);
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
