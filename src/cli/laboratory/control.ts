import type { ControlResult } from '../../operator-api/contract';
import { type Connection, Emulator } from '../client/emulator';

interface Options {
  readonly json?: boolean;
  readonly qualifier?: string;
}

const plural = (count: number) => `${count} ${count === 1 ? 'environment' : 'environments'}`;

/** Lets the next invocations of a function, so many, be cold. */
export async function cold(
  connection: Connection,
  name: string,
  { count = 1, ...options }: Options & { readonly count?: number },
): Promise<number> {
  const result = await control(connection, name, 'cold', { count: String(count), ...qualified(options) });
  const which = count === 1 ? 'The next invocation' : `Each of the next ${count} invocations`;
  return print(options, result, `${which} of ${name} is a cold start.`);
}

const sentences: Readonly<Record<string, (count: string, name: string) => string>> = {
  expire: (count, name) => `Ended ${count} of ${name} that were idle.`,
  freeze: (count, name) => `Stopped the processes of ${count} of ${name}.`,
  thaw: (count, name) => `The processes of ${count} of ${name} run until the next invocation.`,
};

/** Does something to the idle environments of a function. */
export async function act(
  connection: Connection,
  action: string,
  name: string,
  options: Options,
): Promise<number> {
  const result = await control(connection, name, action, {});
  const none = `${name} has no idle environments.`;
  const { environments } = result;
  return print(
    options,
    result,
    environments === 0 ? none : (sentences[action]?.(plural(environments), name) ?? ''),
  );
}

/** Starts or ends environments of a function. */
export async function resize(
  connection: Connection,
  action: string,
  name: string,
  { environments = 1, ...options }: Options & { readonly environments?: number },
): Promise<number> {
  const query = { environments: String(environments), ...qualified(options) };
  const result = await control(connection, name, action, query);
  const { started = 0, ended = 0 } = result;
  const changes = [...(started > 0 ? [`${started} started`] : []), ...(ended > 0 ? [`${ended} ended`] : [])];
  const how = changes.length === 0 ? 'nothing to do' : changes.join(', ');
  return print(options, result, `${name} has ${plural(result.environments)}: ${how}.`);
}

const qualified = ({ qualifier }: Options) => (qualifier === undefined ? {} : { qualifier });

function control(
  connection: Connection,
  name: string,
  action: string,
  query: Readonly<Record<string, string>>,
): Promise<ControlResult> {
  return new Emulator(connection).control(name, action, query);
}

function print({ json = false }: Options, result: ControlResult, sentence: string): number {
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : `${sentence}\n`);
  return 0;
}
