import { Command, InvalidArgumentError } from 'commander';
import { type Flags, type SettingSource, type Settings, settingSources, version } from '../settings';

/** Where commands that ask a running lambdock find it. */
const clientSettings = [
  settingSources.endpoint,
  settingSources.template,
  settingSources.port,
  settingSources.keys,
];
const hostSettings = Object.values<SettingSource>(settingSources).filter(({ flag }) => flag !== 'endpoint');
/** In Compose the data is a volume, and the project's name is the instance's. */
const composeSettings = hostSettings.filter(({ flag }) => flag !== 'data' && flag !== 'instance');

/** The command line. Every command's own code is loaded when it is chosen: most need only a fraction of it. */
export function commandLine(finish: (exitCode: number) => void): Command {
  const program = new Command('lambdock')
    .description('A local AWS Lambda in Docker')
    .version(version)
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(see what there is with --help)');
  hostCommands(program, finish);
  clientCommands(program, finish);
  return program;
}

function hostCommands(program: Command, finish: (exitCode: number) => void): void {
  withSettings(program.command('up'), composeSettings)
    .description('bring lambdock up in a container, with everything that it needs made first')
    .option(
      '--project <name>',
      "name of the Compose project (default: made from the template's folder)",
      project,
    )
    .option('--replace', 'take over a project of this name that belongs to another folder')
    .action(async ({ project: name, replace, ...flags }) =>
      finish(await (await import('./up.js')).up(flags, { name, replace })),
    );

  withSettings(program.command('down'), [settingSources.template, settingSources.dockerHost])
    .description('end what "up" began, sandboxes too')
    .option(
      '--project <name>',
      "name of the Compose project (default: made from the template's folder)",
      project,
    )
    .option('--volumes', 'remove its data as well')
    .action(async ({ project: name, volumes, ...flags }) =>
      finish(await (await import('./down.js')).down(flags, { name, volumes })),
    );

  withSettings(program.command('start'), hostSettings)
    .description('run lambdock on this host, in the foreground')
    .action(async (flags) => finish(await (await import('./start.js')).start(flags)));

  withSettings(program.command('prepare'), hostSettings)
    .description('see to an engine and make the images that the functions need; start nothing')
    .action(async (flags) => finish(await (await import('./prepare.js')).prepare(flags)));
}

function clientCommands(program: Command, finish: (exitCode: number) => void): void {
  withSettings(program.command('invoke'), clientSettings)
    .description('invoke a function; its answer goes to standard output')
    .argument('<name>', "the function's name or ARN")
    .option('-p, --payload <json>', 'the event: JSON, @FILE, or - for standard input')
    .option('-t, --tail', 'show the end of its log')
    .option('-a, --async', 'do not wait for the answer')
    .option('-c, --client-context <json>', 'what the function finds in context.clientContext: JSON or @FILE')
    .option('-q, --qualifier <qualifier>', 'version or alias')
    .option('--json', 'everything about the answer as JSON')
    .action(async (name, options) => {
      finish(await (await import('./invoke.js')).invoke(await connected(options), name, options));
    });

  withSettings(program.command('logs'), clientSettings)
    .description('show what functions logged')
    .argument('[name]', 'of one function only')
    .option('-f, --follow', 'go on as new lines come')
    .option('-n, --lines <count>', 'how many of the last lines', count)
    .option('--json', 'one JSON object a line')
    .action(async (name, options) => {
      finish(await (await import('./logs.js')).logs(await connected(options), name, options));
    });

  withSettings(program.command('ps'), clientSettings)
    .description('list the execution environments')
    .option('--json', 'as JSON')
    .action(async (options) => finish(await (await import('./ps.js')).ps(await connected(options), options)));

  withSettings(program.command('list'), clientSettings)
    .description('list the functions')
    .option('--json', 'as JSON')
    .action(async (options) =>
      finish(await (await import('./list.js')).list(await connected(options), options)),
    );

  withFunctionSettings(withSettings(program.command('deploy'), [...clientSettings, settingSources.accountId]))
    .description('zip a folder, create the function or update it, and wait until it can be called')
    .argument('<folder>', "the folder with the function's code")
    .option('--name <name>', "the function's name (default: the folder's)")
    .option('--json', 'the function as the API has it')
    .action(async (folder, options) =>
      finish(await (await import('./deploy.js')).deploy(await connected(options), folder, options)),
    );

  withFunctionSettings(withSettings(program.command('config'), clientSettings))
    .description("show a function's settings, or change them")
    .argument('<name>', "the function's name or ARN")
    .option('--json', 'as the API has them')
    .action(async (name, options) =>
      finish(await (await import('./config.js')).config(await connected(options), name, options)),
    );

  withSettings(program.command('queue'), clientSettings)
    .description('list asynchronous invocations that wait, retry them now, or drop them')
    .argument('[name]', 'of one function only')
    .option('--retry', 'try them now')
    .option('--purge', 'drop them')
    .option('--json', 'as JSON')
    .action(async (name, options) =>
      finish(await (await import('./queue.js')).queue(await connected(options), name, options)),
    );

  withSettings(program.command('retire'), clientSettings)
    .description("end a function's environments, so that its next call is a cold start")
    .argument('<name>', "the function's name")
    .option('--json', 'as JSON')
    .action(async (name, options) =>
      finish(await (await import('./retire.js')).retire(await connected(options), name, options)),
    );
}

function withFunctionSettings(command: Command): Command {
  return command
    .option('--runtime <runtime>', 'such as nodejs22.x or python3.13')
    .option('--handler <handler>', 'what is called: FILE.FUNCTION')
    .option('--description <text>', 'what it is for')
    .option('--memory <MB>', 'memory', count)
    .option('--timeout <seconds>', 'how long an invocation may last', count)
    .option('--tmp <MB>', 'size of /tmp', count)
    .option(
      '--env <KEY=VALUE>',
      'a variable, beside those it has; KEY alone takes one away; repeatable',
      collected,
    )
    .option('--layer <arn>', 'a layer version, in place of those it has; repeatable', collected)
    .option('--role <arn>', 'execution role');
}

async function connected(flags: Flags): Promise<Settings> {
  return (await import('./connection.js')).connectionSettings(flags);
}

function withSettings(command: Command, sources: readonly SettingSource[]): Command {
  for (const { flag, help, variables, repeatable, several } of sources) {
    const dashed = flag.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const text = `${help} [${variables[0]}]`;
    const value = several ? '<value...>' : '<value>';
    if (repeatable) command.option(`--${dashed} ${value}`, text, collected);
    else command.option(`${short(command, flag)}--${dashed} <value>`, text);
  }
  return command;
}

/** `invoke` has a `-t` of its own. */
function short(command: Command, flag: string): string {
  return flag === 'template' && ['up', 'start', 'prepare', 'down'].includes(command.name()) ? '-t, ' : '';
}

function collected(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

function count(value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new InvalidArgumentError('It is a whole number, 0 or more.');
  return Number(value);
}

/** Also the instance's name in labels, which is why it may not hold what Compose alone would take. */
function project(value: string): string {
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(value)) {
    throw new InvalidArgumentError('It consists of lower-case letters, digits and -, at most 40.');
  }
  return value;
}
