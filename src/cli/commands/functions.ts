import { type Command, Option } from 'commander';
import { systemClock } from '../../lib/clock';
import { connected } from '../client/connected';
import { count, type Finish, moment, withClientSettings, withExamples } from '../options';

/** Commands that call functions and show what they do. */
export function functionCommands(program: Command, finish: Finish): void {
  invoke(program, finish);
  logs(program, finish);
  listings(program, finish);
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
      finish(await (await import('../invoke.js')).invoke(await connected(options), name, options));
    });
  withClientSettings(command);
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
      finish(await (await import('../logs.js')).logs(await connected(options), name, options));
    });
  withClientSettings(command);
  withExamples(
    command,
    'npx lambdock logs -f hello',
    'npx lambdock logs --since 10m --filter error',
    'npx lambdock logs hello --invocation last',
  );
}

function listings(program: Command, finish: Finish): void {
  const listing = (name: string, description: string) =>
    withClientSettings(program.command(name).description(description).option('--json', 'as JSON'));

  listing('list', 'list the functions and their states').action(async (options) =>
    finish(await (await import('../list.js')).list(await connected(options), options)),
  );
  listing('ps', 'list the execution environments')
    .option('-w, --watch', 'show them anew every second, until Ctrl-C')
    .action(async (options) =>
      finish(await (await import('../ps.js')).ps(await connected(options), options)),
    );
  listing('queue', 'list waiting asynchronous invocations, retry them now, or drop them')
    .argument('[name]', 'only those of this function')
    .option('--retry', 'retry them now')
    .option('--purge', 'drop them')
    .action(async (name, options) =>
      finish(await (await import('../queue.js')).queue(await connected(options), name, options)),
    );
  listing('retire', "shut down a function's environments, so that its next invocation is a cold start")
    .argument('<name>', "the function's name")
    .action(async (name, options) =>
      finish(await (await import('../retire.js')).retire(await connected(options), name, options)),
    );
}
