import { Command } from 'commander';
import { removeService } from './deploy/deploy.ts';

new Command('npm run remove')
  .description('Removes the deployed service from the embedded AWS that npm start runs.')
  .parse();
const endpoint = process.env.AWS_ENDPOINT_URL ?? 'http://127.0.0.1:4566';
console.log(
  `Removing the service from ${endpoint}. The quota of one UpdateUsagePlan call per 20 s is in force: about a minute.`,
);
await removeService({ endpoint, onLine: console.log });
