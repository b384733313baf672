import { type Command, InvalidArgumentError, Option } from 'commander';
import { connected } from '../client/connected';
import { count, type Finish, withClientSettings, withExamples } from '../options';

/** `tune` and `profile`. */
export function tuningCommands(program: Command, finish: Finish): void {
  const tune = program
    .command('tune')
    .description('run a function at several memory sizes, and compare duration and cost')
    .argument('<name>', "the function's name")
    .option('-e, --event <event>', 'the event: a file, - for standard input, or JSON (default: {})')
    .option('--memory <sizes>', 'in MB, with commas between them (default: 128,256,512,1024,1769)', sizes)
    .option('--runs <count>', 'warm runs at each size (default: 20)', count)
    .option('--cold', 'measure as many cold starts, too')
    .option('--region <region>', "whose prices (default: the function's)")
    .addOption(
      new Option('--architecture <name>', "whose prices (default: the function's)").choices([
        'x86_64',
        'arm64',
      ]),
    )
    .option('--svg <file>', 'write a drawing of duration and cost')
    .option('--power-tuning <file>', 'write JSON as the power-tuning state machine returns it')
    .option('--json', 'as JSON')
    .action(async (name, options) =>
      finish(await (await import('./tune.js')).tune(await connected(options), name, options)),
    );
  withClientSettings(tune);
  withExamples(
    tune,
    'npx lambdock tune hello -e event.json',
    'npx lambdock tune hello --memory 512,1024,1769 --runs 50 --cold --svg hello.svg',
  );
  profiling(program, finish);
}

function profiling(program: Command, finish: Finish): void {
  const profile = program
    .command('profile')
    .description('profile a cold start, name its most expensive imports, and draw a flame graph')
    .argument('<name>', "the function's name")
    .option('-e, --event <event>', 'the event: a file, - for standard input, or JSON (default: {})')
    .option('--svg <file>', 'the file of the flame graph (default: NAME.flame.svg)')
    .option('--json', 'as JSON')
    .action(async (name, options) =>
      finish(await (await import('../profile/profile.js')).profile(await connected(options), name, options)),
    );
  withClientSettings(profile);
  withExamples(
    profile,
    'npx lambdock profile hello',
    'npx lambdock profile hello -e event.json --svg hello.svg',
  );
}

function sizes(value: string): readonly number[] {
  const found = value.split(',').map((each) => (/^\d{1,5}$/.test(each.trim()) ? Number(each) : 0));
  if (found.some((each) => each < 128 || each > 10_240))
    throw new InvalidArgumentError('Each must be between 128 and 10240 MB, with commas between them.');
  return found;
}
