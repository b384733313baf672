import { CreateAliasCommand, PublishVersionCommand } from '@aws-sdk/client-lambda';
import { FakeEngine } from '../fakes/fake-engine';
import { functionsFolder } from '../functions/functions-folder';
import { RunningApp } from './running-app';

export const accountId = '000000000000';

export const arnOf = (resource: string): string => `arn:aws:lambda:us-east-1:${accountId}:${resource}`;

/** An app on the engine without containers with the functions `one` and `other`; `one` has version 1 and alias `live`. */
export async function appWithFunctions(): Promise<RunningApp> {
  const code = { runtime: 'python3.13', handler: 'acts.handler', code: functionsFolder('python') };
  const app = await RunningApp.start({ functions: { one: code, other: code }, engine: new FakeEngine() });
  await app.client.send(new PublishVersionCommand({ FunctionName: 'one' }));
  const alias = { FunctionName: 'one', Name: 'live', FunctionVersion: '1' };
  await app.client.send(new CreateAliasCommand(alias));
  return app;
}
