import { removeService } from './deploy/deploy.ts';
import { sealThisProcess } from './deploy/sealed-environment.ts';
import { commandLine, runCommand } from './laptop-command.ts';

async function main(): Promise<number> {
  commandLine('npm run remove')
    .description('Removes the deployed service from the embedded AWS that npm start runs.')
    .parse();
  const endpoint = process.env.AWS_ENDPOINT_URL || 'http://127.0.0.1:4566';
  sealThisProcess();
  await removeService({ endpoint, onLine: console.log });
  return 0;
}

await runCommand(main);
