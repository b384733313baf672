import { Command } from 'commander';
import { version } from '../settings/version';
import { deploymentCommands } from './commands/deployments';
import { functionCommands } from './commands/functions';
import { helpCommands } from './commands/help';
import { hostCommands } from './commands/host';
import { laboratoryCommands } from './laboratory/commands';
import { type Finish, withExamples } from './options';
import { projectCommands } from './project/commands';
import { scenarioCommands } from './scenario/commands';
import { tuningCommands } from './tuning/commands';

/** The command line. The code of a command is loaded when it is chosen: most need only a fraction of it. */
export function commandLine(finish: Finish): Command {
  const program = new Command('lambdock')
    .description('AWS Lambda on your own machine, in containers that behave like the real service')
    .version(version)
    .helpCommand(false)
    .showHelpAfterError('(see the help: lambdock --help)');
  program.commandsGroup('Run lambdock:');
  hostCommands(program, finish);
  program.commandsGroup('Call functions and look at them:');
  functionCommands(program, finish);
  program.commandsGroup('Deploy over the API:');
  deploymentCommands(program, finish);
  program.commandsGroup('Cold and warm starts:');
  laboratoryCommands(program, finish);
  scenarioCommands(program, finish);
  tuningCommands(program, finish);
  program.commandsGroup('Work on a project:');
  projectCommands(program, finish);
  program.commandsGroup('Help:');
  helpCommands(program);
  withExamples(
    program,
    'npx lambdock up                              start lambdock.yaml of this folder in a container',
    `npx lambdock invoke hello -p '{"name":"x"}'   call a function`,
    'npx lambdock logs -f                         follow the logs of all functions',
    'npx lambdock help invoke                     options and examples of a command',
  );
  return program;
}
