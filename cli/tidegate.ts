#!/usr/bin/env node
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SSMClient } from '@aws-sdk/client-ssm';
import { runCommand } from './command.ts';
import { serviceNow } from './service-clock.ts';

process.exitCode = await runCommand(process.argv.slice(2), {
  ssm: (region) => new SSMClient({ region }),
  dynamoDb: (region) => new DynamoDBClient({ region }),
  serviceNow: () => serviceNow(process.env),
  now: () => Date.now(),
  sleep: (ms) => sleep(ms),
  environment: process.env,
  say: (line) => process.stdout.write(`${line}\n`),
  complain: (line) => process.stderr.write(`${line}\n`),
});
