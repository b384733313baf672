import { systemClock } from '../lib/clock';
import { type Connection, Emulator } from './client/emulator';
import { type Configuration, LambdaApi } from './client/lambda-api';
import { type FunctionOptions, inputOf } from './function-options';
import { Progress } from './terminal/progress';
import { table } from './terminal/table';

export interface ConfigOptions extends FunctionOptions {
  readonly json?: boolean;
}

/** Shows a function's configuration as the API returns it, after the changes that are passed. */
export async function config(connection: Connection, name: string, options: ConfigOptions): Promise<number> {
  const api = new LambdaApi(connection);
  const before = await api.configuration(name);
  const input = inputOf(options, before);
  const isChange = Object.keys(input).length > 0;
  const now = isChange ? await change(api, name, input) : before;
  if (isChange) await warnOfTemplate(connection, now.FunctionName);
  if (options.json) {
    process.stdout.write(`${JSON.stringify(now, null, 2)}\n`);
    return 0;
  }
  const [versions, aliases] = await Promise.all([api.versions(name), api.aliases(name)]);
  const rows = [
    ...settings(now),
    ['Versions', versions.join(', ') || '-'],
    ['Aliases', aliases.map((each) => `${each.Name} -> ${each.FunctionVersion}`).join(', ') || '-'],
  ] as const;
  process.stdout.write(
    table(
      [
        { title: 'SETTING', text: ([title]) => title },
        { title: 'VALUE', text: ([, value]) => value },
      ],
      rows,
    ),
  );
  return 0;
}

/** The next deployment of the template replaces the change. */
async function warnOfTemplate(connection: Connection, name: string): Promise<void> {
  const { functions = [] } = await new Emulator(connection).functions();
  if (functions.find((each) => each.name === name)?.isFromTemplate !== true) return;
  process.stderr.write(
    `warning: the template defines ${name}, and its next deployment replaces this change. Make the change in the template too.\n`,
  );
}

function change(api: LambdaApi, name: string, input: object): Promise<Configuration> {
  return new Progress(process.stderr, systemClock).task(
    name,
    async (report) => {
      await api.updateConfiguration(name, input);
      return api.settled(name, report);
    },
    () => 'changed',
  );
}

function settings(now: Configuration): readonly (readonly [string, string])[] {
  const variables = Object.entries(now.Environment?.Variables ?? {});
  const reason = now.StateReason ?? now.LastUpdateStatusReason;
  return [
    ['Function', now.FunctionArn],
    ['State', [now.State, now.LastUpdateStatus].filter(Boolean).join(', ') || '-'],
    ...(reason === undefined ? [] : [['Reason', reason] as const]),
    ['Description', now.Description || '-'],
    ...(now.PackageType === 'Zip'
      ? ([
          ['Runtime', now.Runtime ?? '-'],
          ['Handler', now.Handler ?? '-'],
        ] as const)
      : ([['Package', 'Image']] as const)),
    ['Architecture', now.Architectures.join(', ')],
    ['Memory', `${now.MemorySize} MB`],
    ['Timeout', `${now.Timeout} s`],
    ['/tmp', `${now.EphemeralStorage.Size} MB`],
    ['Role', now.Role],
    ['Code', `${now.CodeSize} bytes, SHA-256 ${now.CodeSha256}`],
    ['Changed', now.LastModified],
    ...variables.map(([key, value]) => [`Variable ${key}`, value] as const),
    ...(now.Layers ?? []).map(({ Arn }) => ['Layer', Arn] as const),
  ];
}
