import type { Command } from 'commander';
import { settingSources } from '../../settings/sources';
import { composeSettings, type Finish, project, withExamples, withHostSettings } from '../options';

/** Commands that run lambdock, in a container or on this host. */
export function hostCommands(program: Command, finish: Finish): void {
  upAndDown(program, finish);
  startAndPrepare(program, finish);
}

function upAndDown(program: Command, finish: Finish): void {
  const projectHelp = "name of the Compose project (default: made from the template's folder)";
  const up = program
    .command('up')
    .description('start lambdock in a container, and install and build everything that it needs')
    .option('--project <name>', projectHelp, project)
    .option('--replace', 'take over a project of this name that belongs to another folder')
    .action(async ({ project: name, replace, ...flags }) =>
      finish(await (await import('../up.js')).up(flags, { name, replace })),
    );
  withHostSettings(up, composeSettings);
  withExamples(up, 'npx lambdock up', 'npx lambdock up -t template.yaml --parameter Stage=dev --port 9001');

  const down = program
    .command('down')
    .description('stop what "up" started, and remove its containers')
    .option('--project <name>', projectHelp, project)
    .option('--volumes', 'remove the data as well: functions that were deployed over the API, logs, layers')
    .action(async ({ project: name, volumes, ...flags }) =>
      finish(await (await import('../down.js')).down(flags, { name, volumes })),
    );
  withHostSettings(down, [settingSources.template, settingSources.dockerHost]);
  withExamples(down, 'npx lambdock down', 'npx lambdock down --volumes');
}

function startAndPrepare(program: Command, finish: Finish): void {
  const start = program
    .command('start')
    .description('run lambdock on this host, in the foreground')
    .action(async (flags) => finish(await (await import('../start.js')).start(flags)));
  withHostSettings(start);
  withExamples(start, 'npx lambdock start', 'npx lambdock start -t template.yaml --port 9001');

  const prepare = program
    .command('prepare')
    .description('find an engine and build the images that the functions need, without starting lambdock')
    .option('--emulator', "make lambdock's own image as well, print its name, and tag it with this version")
    .action(async ({ emulator, ...flags }) =>
      finish(await (await import('../prepare.js')).prepare(flags, { emulator })),
    );
  withHostSettings(prepare);
}
