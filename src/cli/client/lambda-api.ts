import { systemClock } from '../../lib/clock';
import type { ReportProgress } from '../../lib/progress';
import { Problem } from '../problem';
import { poll } from '../wait';
import { type Connection, Emulator } from './emulator';
import { type HttpRequest, parsed, readAll } from './http';
import { Refusal, refusal } from './refusal';

/** The members of a function's configuration that commands show. */
export interface Configuration {
  readonly FunctionName: string;
  readonly FunctionArn: string;
  readonly Version: string;
  readonly PackageType: 'Zip' | 'Image';
  readonly Runtime?: string;
  readonly Handler?: string;
  readonly Role: string;
  readonly Description: string;
  readonly CodeSize: number;
  readonly CodeSha256: string;
  readonly MemorySize: number;
  readonly Timeout: number;
  readonly LastModified: string;
  readonly Architectures: readonly string[];
  readonly EphemeralStorage: { readonly Size: number };
  readonly Environment?: { readonly Variables: Readonly<Record<string, string>> };
  readonly Layers?: readonly { readonly Arn: string }[];
  readonly State?: string;
  readonly StateReason?: string;
  readonly LastUpdateStatus?: string;
  readonly LastUpdateStatusReason?: string;
}

/** An image may have to be pulled first. */
const patience = { everyMs: 100, forMs: 600_000 };

const functions = '/2015-03-31/functions';
const path = (name: string, rest: string) => `${functions}/${encodeURIComponent(name)}${rest}`;

/** The operations of the Lambda API that commands need. Rejects with a `Problem` that has the API's message. */
export class LambdaApi {
  readonly #emulator: Emulator;

  constructor(connection: Connection) {
    this.#emulator = new Emulator(connection);
  }

  configuration(name: string): Promise<Configuration> {
    return this.#ask('GET', path(name, '/configuration'));
  }

  /** The function's configuration; undefined if it does not exist. */
  async find(name: string): Promise<Configuration | undefined> {
    try {
      return await this.configuration(name);
    } catch (error) {
      if (error instanceof Refusal && error.type === 'ResourceNotFoundException') return undefined;
      throw error;
    }
  }

  create(input: object): Promise<Configuration> {
    return this.#ask('POST', functions, input);
  }

  updateCode(name: string, input: object): Promise<Configuration> {
    return this.#ask('PUT', path(name, '/code'), input);
  }

  updateConfiguration(name: string, input: object): Promise<Configuration> {
    return this.#ask('PUT', path(name, '/configuration'), input);
  }

  /** Published versions, oldest first. */
  async versions(name: string): Promise<readonly string[]> {
    const answer = await this.#ask<{ readonly Versions: readonly Configuration[] }>(
      'GET',
      path(name, '/versions'),
    );
    return answer.Versions.map(({ Version }) => Version).filter((version) => version !== '$LATEST');
  }

  async aliases(
    name: string,
  ): Promise<readonly { readonly Name: string; readonly FunctionVersion: string }[]> {
    const answer = await this.#ask<{ readonly Aliases: Awaited<ReturnType<LambdaApi['aliases']>> }>(
      'GET',
      path(name, '/aliases'),
    );
    return answer.Aliases;
  }

  /** Waits until a created or changed function is active; rejects with the reason if it fails. */
  async settled(name: string, report: ReportProgress): Promise<Configuration> {
    const found = await poll(systemClock, patience, async () => {
      const now = await this.configuration(name);
      report(`${now.State ?? ''}, ${now.LastUpdateStatus ?? 'not updated yet'}`);
      const isUnderWay = now.State === 'Pending' || now.LastUpdateStatus === 'InProgress';
      return isUnderWay ? undefined : now;
    });
    if (found === undefined) {
      throw new Problem(
        `${name} is not active after ten minutes. Check its state: npx lambdock config ${name}`,
      );
    }
    const { State, StateReason, LastUpdateStatus, LastUpdateStatusReason } = found;
    if (State === 'Failed') throw new Problem(`${name} failed. ${StateReason ?? ''}`.trim());
    if (LastUpdateStatus === 'Failed') {
      throw new Problem(
        `The update of ${name} failed; the previous version stays in service. ${LastUpdateStatusReason ?? ''}`.trim(),
      );
    }
    return found;
  }

  async #ask<T>(method: NonNullable<HttpRequest['method']>, to: string, input?: object): Promise<T> {
    const answer = await this.#emulator.send({
      method,
      path: to,
      ...(input && {
        headers: { 'content-type': 'application/json' },
        body: Buffer.from(JSON.stringify(input)),
      }),
    });
    const body = await readAll(answer);
    const value = parsed(body.toString());
    if ((answer.statusCode ?? 0) < 300 && value !== undefined) return value as T;
    throw refusal(this.#emulator.endpoint, answer, body);
  }
}
