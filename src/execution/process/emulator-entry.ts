import { posix } from 'node:path';

/**
 * AWS's runtime interface emulator, as images carry it: https://github.com/aws/aws-lambda-runtime-interface-emulator
 */
const emulatorName = /^aws-lambda-rie(-[\w.-]+)?$/;
/** Options that are followed by a value. */
const optionsWithValue: ReadonlySet<string> = new Set([
  '--log-level',
  '--runtime-api-address',
  '--runtime-interface-emulator-address',
]);
const shells: ReadonlySet<string> = new Set(['sh', 'bash', 'ash', 'dash']);

const isEmulator = (program: string | undefined) =>
  program !== undefined && emulatorName.test(posix.basename(program));

/**
 * Removes AWS's emulator from the start of a command: lambdock provides the Runtime API, as Lambda does. Entry scripts
 * that check `AWS_LAMBDA_RUNTIME_API` skip the emulator themselves.
 */
export function withoutEmulator(command: readonly string[]): readonly string[] {
  const [program = '', flag, script, ...rest] = command;
  if (isEmulator(program)) {
    let at = 1;
    while (command[at]?.startsWith('-')) at += optionsWithValue.has(command[at] ?? '') ? 2 : 1;
    return at < command.length ? command.slice(at) : command;
  }
  // The shell form of ENTRYPOINT and CMD.
  if (!shells.has(posix.basename(program)) || flag !== '-c' || script === undefined) return command;
  const [, emulator, runtime] = /^\s*(?:exec\s+)?(\S+)\s+([^-\s].*)$/s.exec(script) ?? [];
  if (!isEmulator(emulator) || runtime === undefined) return command;
  return [program, flag, `exec ${runtime}`, ...rest];
}
