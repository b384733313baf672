import { runCommand } from '../app/command';

let made: Promise<string> | undefined;

/** The exact name of this checkout's emulator image, built where the engine has none. */
export function emulatorImage(): Promise<string> {
  made ??= make();
  return made;
}

async function make(): Promise<string> {
  const { NODE_EXTRA_CA_CERTS } = process.env;
  const { code, stdout, stderr } = await runCommand(
    ['prepare', '--emulator', '--template', 'test/fixtures/every-runtime.yaml', '--only', 'nodejs22'],
    { environment: NODE_EXTRA_CA_CERTS === undefined ? {} : { NODE_EXTRA_CA_CERTS } },
  );
  if (code !== 0) throw new Error(`The emulator's image was not made:\n${stderr}`);
  return stdout.trim();
}
