import { Command, Option } from 'commander';
import { systemClock } from '../lib/clock';
import type { Settings } from '../settings';
import type { Flags } from '../settings/resolver';
import { settingSources } from '../settings/sources';
import { version } from '../settings/version';
import { laboratoryCommands } from './laboratory/commands';
import {
  clientSettings,
  composeSettings,
  count,
  hostSettings,
  moment,
  project,
  withExamples,
  withFunctionSettings,
  withSettings,
} from './options';
import { projectCommands } from './project/commands';
import { scenarioCommands } from './scenario/commands';

type Finish = (exitCode: number) => void;

const hostGroup = 'Settings of lambdock:';
const clientGroup = 'Where lambdock runs:';

/** The command line. The code of a command is loaded when it is chosen: most need only a fraction of it. */
export function commandLine(finish: Finish): Command {
  const program = new Command('lambdock')
    .description('AWS Lambda on your own machine, in containers that behave like the real service')
    .version(version)
    .helpCommand(false)
    .showHelpAfterError('(see the help: lambdock --help)');
  program.commandsGroup('Run lambdock:');
  upAndDown(program, finish);
  startAndPrepare(program, finish);
  program.commandsGroup('Call functions and look at them:');
  invoke(program, finish);
  logs(program, finish);
  listings(program, finish);
  program.commandsGroup('Deploy over the API:');
  deployments(program, finish);
  program.commandsGroup('Cold and warm starts:');
  laboratoryCommands(program, finish);
  scenarioCommands(program, finish);
  program.commandsGroup('Work on a project:');
  projectCommands(program, finish);
  program.commandsGroup('Help:');
  help(program);
  withExamples(
    program,
    'npx lambdock up                              start lambdock.yaml of this folder in a container',
    `npx lambdock invoke hello -p '{"name":"x"}'   call a function`,
    'npx lambdock logs -f                         follow the logs of all functions',
    'npx lambdock help invoke                     options and examples of a command',
  );
  return program;
}

function upAndDown(program: Command, finish: Finish): void {
  const projectHelp = "name of the Compose project (default: made from the template's folder)";
  const up = program
    .command('up')
    .description('start lambdock in a container, and install and build everything that it needs')
    .option('--project <name>', projectHelp, project)
    .option('--replace', 'take over a project of this name that belongs to another folder')
    .action(async ({ project: name, replace, ...flags }) =>
      finish(await (await import('./up.js')).up(flags, { name, replace })),
    );
  withSettings(up, composeSettings, hostGroup);
  withExamples(up, 'npx lambdock up', 'npx lambdock up -t template.yaml --parameter Stage=dev --port 9001');

  const down = program
    .command('down')
    .description('stop what "up" started, and remove its containers')
    .option('--project <name>', projectHelp, project)
    .option('--volumes', 'remove the data as well: functions that were deployed over the API, logs, layers')
    .action(async ({ project: name, volumes, ...flags }) =>
      finish(await (await import('./down.js')).down(flags, { name, volumes })),
    );
  withSettings(down, [settingSources.template, settingSources.dockerHost], hostGroup);
  withExamples(down, 'npx lambdock down', 'npx lambdock down --volumes');
}

function startAndPrepare(program: Command, finish: Finish): void {
  const start = program
    .command('start')
    .description('run lambdock on this host, in the foreground')
    .action(async (flags) => finish(await (await import('./start.js')).start(flags)));
  withSettings(start, hostSettings, hostGroup);
  withExamples(start, 'npx lambdock start', 'npx lambdock start -t template.yaml --port 9001');

  const prepare = program
    .command('prepare')
    .description('find an engine and build the images that the functions need, without starting lambdock')
    .option('--emulator', "make lambdock's own image as well, print its name, and tag it with this version")
    .action(async ({ emulator, ...flags }) =>
      finish(await (await import('./prepare.js')).prepare(flags, { emulator })),
    );
  withSettings(prepare, hostSettings, hostGroup);
}

function invoke(program: Command, finish: Finish): void {
  const command = program
    .command('invoke')
    .description('invoke a function and print its response')
    .argument('<name>', "the function's name or ARN")
    .option('-p, --payload <json>', 'the event: JSON, @FILE, or - for standard input (default: none)')
    .option('-t, --tail', 'show the end of its log')
    .option('-a, --async', 'do not wait for the response')
    .option('-c, --client-context <json>', 'the content of context.clientContext: JSON or @FILE')
    .option('-q, --qualifier <qualifier>', 'version or alias (default: $LATEST)')
    .option('--json', 'print everything about the response as JSON')
    .action(async (name, options) => {
      finish(await (await import('./invoke.js')).invoke(await connected(options), name, options));
    });
  withSettings(command, clientSettings, clientGroup);
  withExamples(
    command,
    `npx lambdock invoke hello -p '{"name":"x"}' --tail`,
    'npx lambdock invoke hello -p @event.json -q live',
    'cat event.json | npx lambdock invoke hello -p -',
  );
}

function logs(program: Command, finish: Finish): void {
  const command = program
    .command('logs')
    .description('print what functions logged')
    .argument('[name]', 'only the logs of this function')
    .option('-f, --follow', 'keep printing new lines')
    .option('-n, --lines <count>', 'how many of the last lines (default: 100)', count)
    .option('--since <time>', 'only lines since then: 30s, 10m, 2h, 1d or 2026-01-31T12:00:00Z', (value) =>
      moment(value, systemClock.now()),
    )
    .option('--filter <text>', 'only lines that contain this text, in upper or lower case')
    .option('--request <id>', 'only lines of this request; the beginning of its id is enough')
    .addOption(new Option('--invocation <which>', 'only lines of the last invocation').choices(['last']))
    .option('--json', 'one JSON object a line')
    .action(async (name, options) => {
      finish(await (await import('./logs.js')).logs(await connected(options), name, options));
    });
  withSettings(command, clientSettings, clientGroup);
  withExamples(
    command,
    'npx lambdock logs -f hello',
    'npx lambdock logs --since 10m --filter error',
    'npx lambdock logs hello --invocation last',
  );
}

function listings(program: Command, finish: Finish): void {
  const list = program
    .command('list')
    .description('list the functions and their states')
    .option('--json', 'as JSON')
    .action(async (options) =>
      finish(await (await import('./list.js')).list(await connected(options), options)),
    );
  withSettings(list, clientSettings, clientGroup);

  const ps = program
    .command('ps')
    .description('list the execution environments')
    .option('-w, --watch', 'show them anew every second, until Ctrl-C')
    .option('--json', 'as JSON')
    .action(async (options) => finish(await (await import('./ps.js')).ps(await connected(options), options)));
  withSettings(ps, clientSettings, clientGroup);

  const queue = program
    .command('queue')
    .description('list waiting asynchronous invocations, retry them now, or drop them')
    .argument('[name]', 'only those of this function')
    .option('--retry', 'retry them now')
    .option('--purge', 'drop them')
    .option('--json', 'as JSON')
    .action(async (name, options) =>
      finish(await (await import('./queue.js')).queue(await connected(options), name, options)),
    );
  withSettings(queue, clientSettings, clientGroup);

  const retire = program
    .command('retire')
    .description("shut down a function's environments, so that its next invocation is a cold start")
    .argument('<name>', "the function's name")
    .option('--json', 'as JSON')
    .action(async (name, options) =>
      finish(await (await import('./retire.js')).retire(await connected(options), name, options)),
    );
  withSettings(retire, clientSettings, clientGroup);
}

function deployments(program: Command, finish: Finish): void {
  const deploy = withFunctionSettings(
    program
      .command('deploy')
      .description('zip a folder, create or update the function, and wait until it can be invoked')
      .argument('<folder>', "the folder with the function's code")
      .option('--name <name>', "the function's name (default: the folder's)")
      .option('--json', 'print the function as the API returns it')
      .action(async (folder, options) =>
        finish(await (await import('./deploy.js')).deploy(await connected(options), folder, options)),
      ),
  );
  withSettings(deploy, [...clientSettings, settingSources.accountId], clientGroup);
  withExamples(
    deploy,
    'npx lambdock deploy ./hello',
    'npx lambdock deploy ./hello --runtime nodejs22.x --handler index.handler --env STAGE=dev',
  );

  const config = withFunctionSettings(
    program
      .command('config')
      .description("show a function's configuration, or change it")
      .argument('<name>', "the function's name or ARN")
      .option('--json', 'print it as the API returns it')
      .action(async (name, options) =>
        finish(await (await import('./config.js')).config(await connected(options), name, options)),
      ),
  );
  withSettings(config, clientSettings, clientGroup);
  withExamples(config, 'npx lambdock config hello', 'npx lambdock config hello --memory 512 --env DEBUG');
}

function help(program: Command): void {
  withExamples(
    program
      .command('completion')
      .description('print a script that completes commands, options and function names in your shell')
      .argument('<shell>', 'bash, zsh or fish')
      .action(async (shell) => {
        process.stdout.write((await import('./completion.js')).completionScript(shell));
      }),
    "echo 'source <(lambdock completion bash)' >> ~/.bashrc",
    'lambdock completion zsh > ~/.zfunc/_lambdock',
    'lambdock completion fish > ~/.config/fish/completions/lambdock.fish',
  );
  program
    .command('help')
    .description('show the help of a command')
    .argument('[command]', 'the name of a command')
    .action((name?: string) => {
      if (name === undefined) return program.outputHelp();
      const command = program.commands.find((each) => each.name() === name);
      if (command !== undefined) return command.outputHelp();
      const known = program.commands.map((each) => each.name());
      return program.error(`error: unknown command '${name}'. Commands: ${known.join(', ')}`);
    });
}

async function connected(flags: Flags): Promise<Settings> {
  return (await import('./client/connection.js')).connectionSettings(flags);
}
