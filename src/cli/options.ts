import { type Command, InvalidArgumentError, Option } from 'commander';
import { type SettingSource, settingSources, wordsOf } from '../settings/sources';

/** Ends the process, with this code. */
export type Finish = (exitCode: number) => void;

/** Settings of commands that talk to a running lambdock. */
const clientSettings: readonly SettingSource[] = [
  settingSources.endpoint,
  settingSources.template,
  settingSources.port,
  settingSources.keys,
];

/** Settings of commands that run lambdock. */
export const hostSettings = Object.values<SettingSource>(settingSources).filter(
  ({ flag }) => flag !== 'endpoint',
);

/** In Compose the data is a volume, and the instance has the name of the project. */
export const composeSettings = hostSettings.filter(({ flag }) => !['data', 'instance'].includes(flag));

/** Placeholders of flag values in the help. */
const placeholders: Readonly<Record<string, string>> = {
  port: 'port',
  host: 'address',
  endpoint: 'url',
  template: 'file',
  parameter: 'NAME=VALUE',
  data: 'folder',
  debug: 'NAME[:PORT]',
  debugHost: 'address',
  region: 'region',
  accountId: 'digits',
  instance: 'name',
  caFile: 'file',
  network: 'name',
  spares: 'count',
  idleTimeout: 'seconds',
  s3Endpoint: 'url',
  s3Key: 'ID:SECRET',
  keys: 'ID:SECRET',
  dockerHost: 'address',
  tlsFolder: 'folder',
};

const hosting = new Set(['up', 'start', 'prepare', 'down', 'run']);

/** Adds an option per setting, and `--no-color`. */
export function withSettings(command: Command, sources: readonly SettingSource[], group: string): Command {
  for (const source of sources) {
    const { flag, help, variables, repeatable, several, isSwitch } = source;
    const dashed = flag.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    // `invoke` uses `-t` for another option.
    const short = flag === 'template' && hosting.has(command.name()) ? '-t, ' : '';
    const option = new Option(
      `${short}--${dashed}${isSwitch ? '' : ` <${placeholders[flag] ?? 'value'}${several ? '...' : ''}>`}`,
      `${help} [${variables[0]}]`,
    );
    if (repeatable) option.argParser(collected);
    // Shown and completed but not checked: the settings report all problems together.
    const words = wordsOf(source);
    if (words.length > 0) option.argChoices = [...words];
    command.addOption(option.helpGroup(group));
  }
  return command.addOption(new Option('--no-color', 'print without colour [NO_COLOR]').helpGroup(group));
}

/** Adds the settings of lambdock itself, or some of them. */
export const withHostSettings = (command: Command, sources = hostSettings): Command =>
  withSettings(command, sources, 'Settings of lambdock:');

/** Adds the settings that locate lambdock, and further ones. */
export const withClientSettings = (command: Command, ...more: readonly SettingSource[]): Command =>
  withSettings(command, [...clientSettings, ...more], 'Where lambdock runs:');

/** Adds the options of a function's configuration. */
export function withFunctionSettings(command: Command): Command {
  const group = 'Configuration of the function:';
  const options: readonly Option[] = [
    new Option('--runtime <runtime>', 'e.g. nodejs22.x, python3.13'),
    new Option('--handler <handler>', 'FILE.FUNCTION'),
    new Option('--memory <mb>', 'memory in MB, 128 to 10240 (default: 128)').argParser(count),
    new Option('--timeout <seconds>', '1 to 900 (default: 3)').argParser(count),
    new Option('--tmp <mb>', 'size of /tmp in MB, 512 to 10240 (default: 512)').argParser(count),
    new Option('--description <text>', 'what it is for'),
    new Option('--env <KEY=VALUE>', 'adds a variable; KEY alone removes it; repeatable').argParser(collected),
    new Option('--layer <arn>', 'a layer version; replaces the present list; repeatable').argParser(
      collected,
    ),
    new Option('--role <arn>', 'execution role'),
  ];
  for (const option of options) command.addOption(option.helpGroup(group));
  return command;
}

/** Adds examples below the help, a line each. */
export function withExamples(command: Command, ...examples: readonly string[]): Command {
  return command.addHelpText('after', `\nExamples:\n${examples.map((each) => `  ${each}\n`).join('')}`);
}

function collected(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

export function count(value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new InvalidArgumentError('It must be a whole number, 0 or more.');
  return Number(value);
}

/** Also the instance's name in labels, so it must fit both. */
export function project(value: string): string {
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(value)) {
    throw new InvalidArgumentError('It must consist of lower-case letters, digits and -, at most 40.');
  }
  return value;
}

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * A moment: a duration before now such as `10m`, or a time such as `2026-01-02T03:04:05Z`. In milliseconds since the
 * epoch.
 */
export function moment(value: string, nowMs: number): number {
  const [, amount, unit = ''] = /^(\d{1,6})([smhd])$/.exec(value) ?? [];
  if (amount !== undefined) return nowMs - Number(amount) * (unitMs[unit] ?? 0);
  const timeMs = /^\d{4}-\d\d/.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(timeMs)) {
    throw new InvalidArgumentError(
      'It must be a duration such as 30s, 10m, 2h or 1d, or a time such as 2026-01-31T12:00:00Z.',
    );
  }
  return timeMs;
}
