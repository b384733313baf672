import type { Command } from 'commander';
import { settingSources } from '../../settings/sources';
import { connected } from '../client/connected';
import { type Finish, withClientSettings, withExamples, withFunctionSettings } from '../options';

/** Commands that deploy functions over the Lambda API. */
export function deploymentCommands(program: Command, finish: Finish): void {
  const deploy = withFunctionSettings(
    program
      .command('deploy')
      .description('zip a folder, create or update the function, and wait until it can be invoked')
      .argument('<folder>', "the folder with the function's code")
      .option('--name <name>', "the function's name (default: the folder's)")
      .option('--json', 'print the function as the API returns it')
      .action(async (folder, options) =>
        finish(await (await import('../deploy.js')).deploy(await connected(options), folder, options)),
      ),
  );
  withClientSettings(deploy, settingSources.accountId);
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
        finish(await (await import('../config.js')).config(await connected(options), name, options)),
      ),
  );
  withClientSettings(config);
  withExamples(config, 'npx lambdock config hello', 'npx lambdock config hello --memory 512 --env DEBUG');
}
