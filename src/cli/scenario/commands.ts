import { type Command, InvalidArgumentError } from 'commander';
import { connected } from '../client/connected';
import { count, type Finish, withClientSettings, withExamples } from '../options';

/** `scenario run` and `scenario diff`. */
export function scenarioCommands(program: Command, finish: Finish): void {
  const scenario = program
    .command('scenario')
    .description('run load from a file and check what came of it, or compare two runs')
    .helpCommand(false);
  const run = scenario
    .command('run')
    .description('run a scenario; the exit code is 1 where an assertion fails')
    .argument('<file>', 'the scenario, as YAML')
    .option('--speed <factor>', 'how much faster than the clock its time runs (default: 1)', factor)
    .option('--seed <number>', "for the times of random requests (default: the file's, or 1)", count)
    .option('--junit <file>', 'write assertions as a JUnit file')
    .option('--json <file>', 'write everything as JSON, for "scenario diff"')
    .action(async (file, options) =>
      finish(await (await import('./run.js')).run(await connected(options), file, options)),
    );
  withClientSettings(run);
  withExamples(
    run,
    'npx lambdock scenario run burst.yaml',
    'npx lambdock scenario run night.yaml --speed 10 --junit results.xml --json night.json',
  );
  const diff = scenario
    .command('diff')
    .description('compare two runs')
    .argument('<before>', 'the JSON file of a run')
    .argument('<after>', 'the JSON file of another run')
    .action(async (before, after) => finish((await import('./run.js')).diff(before, after)));
  withExamples(diff, 'npx lambdock scenario diff before.json after.json');
}

function factor(value: string): number {
  const number = /^\d{1,4}(\.\d+)?$/.test(value) ? Number(value) : 0;
  if (number < 0.1 || number > 1_000)
    throw new InvalidArgumentError('It must be a number between 0.1 and 1000.');
  return number;
}
