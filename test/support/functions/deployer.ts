import {
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  type CreateFunctionCommandOutput,
  type LambdaClient,
  PublishVersionCommand,
  UpdateFunctionCodeCommand,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
  waitUntilPublishedVersionActive,
} from '@aws-sdk/client-lambda';
import { failureOf } from '../lib/failure';
import { zipOf } from './zips';

export const role = 'arn:aws:iam::000000000000:role/lambda';
export const arnOf = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;

/** A zip whose `app.py` says this: see `codeRuntime`. */
export const codeOf = async (says: string) => ({ ZipFile: await zipOf({ 'app.py': says }) });

/** Status, name and text of the error that a call is answered with. */
export async function refusalOf(sending: Promise<unknown>): Promise<readonly unknown[]> {
  const { name, message, $metadata } = (await failureOf(sending)) as {
    readonly name: string;
    readonly message: string;
    readonly $metadata: { readonly httpStatusCode: number };
  };
  return [$metadata.httpStatusCode, name, message];
}

/** Deploys functions with the SDK, as a user's own tools do, and waits as they do. */
export class Deployer {
  readonly #waiting: {
    readonly client: LambdaClient;
    readonly maxWaitTime: number;
    readonly minDelay: number;
  };

  constructor(readonly client: LambdaClient) {
    this.#waiting = { client, maxWaitTime: 60, minDelay: 0.05 };
  }

  async create(
    name: string,
    says = 'one',
    more: Partial<CreateFunctionCommandInput> = {},
  ): Promise<CreateFunctionCommandOutput> {
    const zip = { Runtime: 'python3.13', Handler: 'app.handler', Code: await codeOf(says) } as const;
    const created = await this.client.send(
      new CreateFunctionCommand({ FunctionName: name, Role: role, ...zip, ...more }),
    );
    await waitUntilFunctionActiveV2(this.#waiting, { FunctionName: name });
    return created;
  }

  async update(name: string, says: string): Promise<void> {
    await this.client.send(new UpdateFunctionCodeCommand({ FunctionName: name, ...(await codeOf(says)) }));
    await this.updated(name);
  }

  async updated(name: string): Promise<void> {
    await waitUntilFunctionUpdatedV2(this.#waiting, { FunctionName: name });
  }

  async publish(name: string): Promise<string> {
    const { Version = '' } = await this.client.send(new PublishVersionCommand({ FunctionName: name }));
    await waitUntilPublishedVersionActive(this.#waiting, { FunctionName: name, Qualifier: Version });
    return Version;
  }
}
