import { runHostProgram } from '../../../src/functions/build/host-program';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

test.each([[undefined], [{ GOOS: 'linux' }]])(
  'names a program that is missing, with the variables %j',
  async (variables) => {
    await using folder = await TemporaryFolder.make();
    const missing = runHostProgram({
      command: 'lambdock-no-such-program',
      arguments: ['build'],
      folder: folder.path,
      ...(variables && { variables }),
      failure: 'hello cannot be built',
      remedy: 'Install it.',
    });
    await expect(missing).rejects.toThrow(
      'hello cannot be built: lambdock-no-such-program was not found in PATH. Install it.',
    );
  },
);

test('shows the last lines of a program that fails', async () => {
  await using folder = await TemporaryFolder.make();
  const failing = runHostProgram({
    command: 'sh',
    arguments: ['-c', 'echo "$NAME is wrong" >&2; exit 127'],
    folder: folder.path,
    variables: { NAME: 'this' },
    failure: 'hello cannot be built',
    remedy: 'Install it.',
  });
  await expect(failing).rejects.toThrow(/this is wrong/);
});
