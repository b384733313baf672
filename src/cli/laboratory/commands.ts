import type { Command } from 'commander';
import { connected } from '../client/connected';
import { count, type Finish, withClientSettings, withExamples } from '../options';

/** Commands that show cold and warm starts, and bring them about. */
export function laboratoryCommands(program: Command, finish: Finish): void {
  page(program, finish);
  looking(program, finish);
  control(program, finish);
}

function looking(program: Command, finish: Finish): void {
  const trace = program
    .command('trace')
    .description('show where the time of an invocation went')
    .argument('<name>', "the function's name")
    .option('--last', 'its last invocation (default)')
    .option('--request <id>', 'this invocation; the beginning of its id is enough')
    .option('--list', 'list its latest invocations')
    .option('--chrome <file>', 'write what is remembered as a trace file that Perfetto and Chrome open')
    .option('--json', 'as JSON')
    .action(async (name, options) =>
      finish(await (await import('./trace.js')).trace(await connected(options), name, options)),
    );
  withClientSettings(trace);
  withExamples(trace, 'npx lambdock trace hello', 'npx lambdock trace hello --chrome trace.json');

  const stats = program
    .command('stats')
    .description('print the figures of each function since lambdock started')
    .option('--json', 'as JSON')
    .option('--csv', 'as CSV')
    .action(async (options) =>
      finish(await (await import('./stats.js')).stats(await connected(options), options)),
    );
  withClientSettings(stats);
}

function page(program: Command, finish: Finish): void {
  const ui = program
    .command('ui')
    .description('print the address of the page; with auth required, one that signs a browser in')
    .action(async (options) => finish(await (await import('./ui.js')).ui(await connected(options))));
  withClientSettings(ui);
}

function control(program: Command, finish: Finish): void {
  const add = (name: string, description: string) =>
    program.command(name).description(description).argument('<name>', "the function's name");
  const cold = add('cold', 'let the next invocation start a new environment, whether others are free or not')
    .option('--count <count>', 'how many of the next invocations (default: 1)', count)
    .option('-q, --qualifier <qualifier>', 'version or alias (default: $LATEST)')
    .option('--json', 'as JSON')
    .action(async (name, options) =>
      finish(await (await import('./control.js')).cold(await connected(options), name, options)),
    );
  withClientSettings(cold);
  withExamples(cold, 'npx lambdock cold hello', 'npx lambdock cold hello --count 10');
  const simple = {
    expire: 'end the idle environments of a function, as their idle timeout would',
    freeze: 'stop the processes of the idle environments of a function',
    thaw: 'let the processes of the idle environments of a function run until the next invocation',
  };
  for (const [action, description] of Object.entries(simple)) {
    const command = add(action, description)
      .option('--json', 'as JSON')
      .action(async (name, options) =>
        finish(await (await import('./control.js')).act(await connected(options), action, name, options)),
      );
    withClientSettings(command);
  }
  const sized = {
    warm: 'start environments of a function ahead of need, until it has so many',
    scale: 'start or end environments of a function, until it has so many',
  };
  for (const [action, description] of Object.entries(sized)) {
    const command = add(action, description)
      .option('-n, --environments <count>', 'how many (default: 1)', count)
      .option('-q, --qualifier <qualifier>', 'version or alias (default: $LATEST)')
      .option('--json', 'as JSON')
      .action(async (name, options) =>
        finish(await (await import('./control.js')).resize(await connected(options), action, name, options)),
      );
    withClientSettings(command);
    withExamples(command, `npx lambdock ${action} hello --environments 5`);
  }
}
