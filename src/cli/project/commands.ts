import { type Command, Option } from 'commander';
import { settingSources } from '../../settings/sources';
import {
  count,
  type Finish,
  hostSettings,
  withClientSettings,
  withExamples,
  withHostSettings,
  withSettings,
} from '../options';
import { samples } from '../samples/samples';
import { projectTemplates } from './templates';

/** Settings that `run` decides itself. */
const decidedByRun = new Set(['port', 'host', 'only', 'watch', 'spares']);

/** Commands for work on a project: with its events, in its scripts and in CI. */
export function projectCommands(program: Command, finish: Finish): void {
  init(program, finish);
  run(program, finish);
  event(program, finish);
  wait(program, finish);
}

function init(program: Command, finish: Finish): void {
  const choices = Object.keys(projectTemplates);
  const command = program
    .command('init')
    .description('make a project that runs: code, a test, a compose file, and CI for GitHub')
    .argument('[template]', choices.join(', '), 'node')
    .argument('[folder]', 'where to make it', '.')
    .action(async (template, folder) => finish(await (await import('./init.js')).init(template, folder)));
  const width = Math.max(...choices.map((each) => each.length));
  const lines = Object.entries(projectTemplates).map(([name, text]) => `  ${name.padEnd(width)}  ${text}\n`);
  command.addHelpText('after', `\nTemplates:\n${lines.join('')}`);
  withExamples(command, 'npx lambdock init', 'npx lambdock init python my-functions');
}

function run(program: Command, finish: Finish): void {
  const command = program
    .command('run')
    .description('start what one function needs, invoke it once, print its response, and end')
    .argument('<name>', "the function's name in the template")
    .option('-e, --event <event>', 'the event: a file, - for standard input, or JSON (default: {})')
    .action(async (name, flags) => finish(await (await import('./run.js')).run(name, flags)));
  const settings = hostSettings.filter(({ flag }) => !decidedByRun.has(flag));
  withHostSettings(command, settings);
  withExamples(
    command,
    'npx lambdock run hello -e event.json',
    'npx lambdock event s3 --key photo.jpg | npx lambdock run thumbnail -e - -t template.yaml',
  );
}

function event(program: Command, finish: Finish): void {
  const command = program
    .command('event')
    .description('print a sample event, or list the events that there are')
    .argument('[event]', 'e.g. s3, sqs, apigateway-v2')
    .helpCommand(false)
    .action(async (kind?: string) => {
      const { listEvents, unknownEvent } = await import('./event.js');
      finish(kind === undefined ? listEvents(samples) : unknownEvent(kind, samples));
    });
  withExamples(
    command,
    'npx lambdock event',
    'npx lambdock event s3 --bucket photos --key cat.jpg > event.json',
    'npx lambdock event sqs --body hello | npx lambdock invoke worker -p -',
  );
  for (const [name, sample] of Object.entries(samples)) {
    const each = command.command(name).description(sample.title);
    for (const [flag, { help, default: value }] of Object.entries(sample.options)) {
      each.addOption(new Option(`--${flag} <value>`, help).default(value));
    }
    each.option('--compact', 'on one line');
    each.action(async (flags) => finish((await import('./event.js')).printEvent(name, sample, flags)));
    withSettings(each, [settingSources.region, settingSources.accountId], 'Where the event comes from:');
  }
}

function wait(program: Command, finish: Finish): void {
  const command = program
    .command('wait')
    .description('wait until lambdock responds and functions are ready')
    .argument('[names...]', 'functions to wait for (default: all of the template)')
    .option('--timeout <seconds>', 'how long to wait (default: 60)', count)
    .option('--json', 'print the functions as JSON')
    .action(async (names, { timeout, json, ...flags }) =>
      finish(await (await import('./ready.js')).waitForFunctions(flags, names, { timeout, json })),
    );
  withClientSettings(command);
  withExamples(command, 'npx lambdock wait', 'npx lambdock wait hello other --timeout 120');
}
