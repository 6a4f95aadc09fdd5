/**
 * Ends a command that was started on a Node without built-in TypeScript support, with one sentence. Every npm script,
 * jest.config.js, the Stryker configurations and the `tidegate` command load this file before any TypeScript, so it
 * must stay plain JavaScript that an old Node can run.
 */
if (!process.features.typescript) {
  console.error(
    `Tidegate runs on Node 22.18 or later with built-in TypeScript support, which this Node (${process.version}) lacks: ` +
      'install Node 24, run "npm ci", and repeat the command.',
  );
  process.exit(1);
}
