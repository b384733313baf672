import type { Command } from 'commander';
import { nearest } from '../../lib/text/nearest';
import { withExamples } from '../options';

/** Help for a command, and completion for shells. */
export function helpCommands(program: Command): void {
  withExamples(
    program
      .command('completion')
      .description('print a script that completes commands, options and function names in your shell')
      .argument('<shell>', 'bash, zsh or fish')
      .action(async (shell) => {
        process.stdout.write((await import('../completion.js')).completionScript(shell));
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
      const meant = nearest(name, known);
      const hint = meant === undefined ? `Commands: ${known.join(', ')}` : `Did you mean ${meant}?`;
      return program.error(`error: unknown command '${name}'. ${hint}`);
    });
}
