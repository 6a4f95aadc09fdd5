import { frameworkFailure, tellingPart } from '../../../rehearsal/deploy/framework-failure.ts';

const ARGS = ['package', '--stage', 'dev'];
const ESC = '\u001b';

test.each([
  '✘ [ERROR] Failed to write to output file: write /.tidegate/run-1-abcdef/control.js: no space left on device',
  'Error: ENOSPC: no space left on device, copyfile',
  'write C:\\.tidegate\\control.js: There is not enough space on the disk.',
])('a full disk is told as such, whichever tool met it: %s', (line) => {
  expect(frameworkFailure(ARGS, 1, ['Packaging tidegate', line, 'Environment: linux'])).toMatchObject({
    name: 'CommandError',
    message: expect.stringMatching(
      /^No space is left on the disk of .*\.tidegate: free 50 MB there, then run the command again\.$/,
    ),
  });
});

test('any other failure is told by the last lines that say something, without the frames of the spinner', () => {
  const frames = Array.from({ length: 100 }, (_, frame) => [`${ESC}[1A${ESC}[2K`, `⠸ Packaging (${frame}s)`]).flat();
  const lines = [
    'Packaging tidegate for stage dev',
    ...frames,
    '',
    `${ESC}[2KError:`,
    'Could not resolve "./missing.ts"',
  ];
  expect(frameworkFailure(ARGS, 1, lines).message).toBe(
    'serverless package --stage dev exited with 1:\nPackaging tidegate for stage dev\nError:\nCould not resolve "./missing.ts"',
  );
});

test('a reader without a terminal gets the lines that say something, and no frame of the spinner', () => {
  const lines = [`${ESC}[1A${ESC}[2K`, '⠸ Removing (3s)', `${ESC}[2K⠸ Removing (4s)`, `${ESC}[2KRemoved`, ''];
  expect(lines.map(tellingPart)).toEqual([undefined, undefined, undefined, 'Removed', undefined]);
});
