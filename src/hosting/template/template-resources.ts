import { isDeepStrictEqual } from 'node:util';
import { formatFunctionArn } from '../../aws/arn';
import type { Input, OperationName } from '../../aws/constraints';
import { LambdaError } from '../../aws/errors';
import type { Registry } from '../../functions/registry/registry';
import type { Scope } from '../../functions/registry/state';
import type { WantedFunction } from '../../functions/template/wanted';
import { deferred } from '../../lib/deferred';

/** Runs an operation of the Lambda API on the template's own scope; resolves to the body of its response. */
export type RunOperation = <Name extends OperationName>(
  name: Name,
  input: Input<Name>,
) => Promise<object | undefined>;

/**
 * Applies a template's resources of functions: tags, a version and an alias, a URL, concurrency. It calls the API's
 * operations, as a client would.
 */
export class TemplateResources {
  /** Resources last applied to each function, to remove those that the template no longer has. */
  readonly #given = new Map<string, WantedFunction>();

  constructor(
    private readonly run: RunOperation,
    private readonly scope: Scope,
    private readonly say: (sentence: string) => void,
    /** Subscribes to changes of what is deployed. */
    private readonly onChange: Registry['onChange'],
  ) {}

  /** Reports a failure and continues with the rest. */
  async apply(functions: readonly WantedFunction[]): Promise<void> {
    for (const wanted of functions) {
      const { name } = wanted;
      // The reason was reported when it failed.
      if ((await this.#ask('GetFunctionConfiguration', { FunctionName: name })) === undefined) continue;
      const before = this.#given.get(name);
      this.#given.set(name, wanted);
      const steps: readonly (readonly [what: string, step: () => Promise<unknown>])[] = [
        ['tags', () => this.#tag(wanted, before)],
        ['alias', () => this.#publish(wanted)],
        ['URL', () => this.#url(wanted, before)],
        ['reserved concurrency', () => this.#reserve(wanted, before)],
        ['provisioned concurrency', () => this.#provision(wanted, before)],
        ['event invoke configuration', () => this.#eventInvoke(wanted, before)],
      ];
      for (const [what, step] of steps) await this.#try(`${name} does not have its ${what}`, step);
    }
    const names = new Set(functions.map(({ name }) => name));
    for (const name of this.#given.keys()) if (!names.has(name)) this.#given.delete(name);
  }

  async #tag({ name, tags = {} }: WantedFunction, before: WantedFunction | undefined): Promise<void> {
    if (isDeepStrictEqual(tags, before?.tags ?? {})) return;
    const Resource = formatFunctionArn({ ...this.scope, functionName: name });
    const gone = Object.keys(before?.tags ?? {}).filter((key) => !(key in tags));
    if (gone.length > 0) await this.run('UntagResource', { Resource, TagKeys: gone });
    if (Object.keys(tags).length > 0) await this.run('TagResource', { Resource, Tags: tags });
  }

  /** Nothing new is published of what has not changed. */
  async #publish({ name, alias }: WantedFunction): Promise<void> {
    if (alias === undefined) return;
    const published = await this.run('PublishVersion', { FunctionName: name });
    const FunctionVersion = member(published, 'Version');
    const target = { FunctionName: name, Name: alias };
    const there = await this.#ask('GetAlias', target);
    if (there && member(there, 'FunctionVersion') === FunctionVersion) return;
    await this.#untilActive(name, FunctionVersion);
    await this.run(there === undefined ? 'CreateAlias' : 'UpdateAlias', { ...target, FunctionVersion });
    this.say(`${name}: ${alias} is version ${FunctionVersion} now`);
  }

  /** Callers of the alias go on with the old version until the new one is in service. */
  async #untilActive(name: string, version: string): Promise<void> {
    for (;;) {
      // Listened for before it is looked at, so that no change falls between.
      const changed = deferred<void>();
      const end = this.onChange((_, functionName) => {
        if (functionName === name) changed.resolve();
      });
      try {
        const input = { FunctionName: name, Qualifier: version };
        const configuration = await this.run('GetFunctionConfiguration', input);
        const state = member(configuration, 'State');
        if (state === 'Failed') {
          const reason = member(configuration, 'StateReason');
          throw new LambdaError('ResourceConflictException', `version ${version} failed: ${reason}`);
        }
        if (state !== 'Pending') return;
        await changed.promise;
      } finally {
        end();
      }
    }
  }

  async #url(wanted: WantedFunction, before: WantedFunction | undefined): Promise<void> {
    const { url } = wanted;
    const target = targetOf(wanted);
    if (before?.url !== undefined && (url === undefined || before.alias !== wanted.alias)) {
      await this.#ask('DeleteFunctionUrlConfig', targetOf(before));
    }
    if (url === undefined || isDeepStrictEqual([url, wanted.alias], [before?.url, before?.alias])) return;
    const there = await this.#ask('GetFunctionUrlConfig', target);
    const input = {
      ...target,
      AuthType: url.authType,
      InvokeMode: url.invokeMode,
      ...(url.cors && { Cors: url.cors }),
    };
    await (there === undefined
      ? this.run('CreateFunctionUrlConfig', input)
      : this.run('UpdateFunctionUrlConfig', input));
  }

  async #reserve(
    { name, reservedConcurrency: wanted }: WantedFunction,
    before: WantedFunction | undefined,
  ): Promise<void> {
    if (wanted === before?.reservedConcurrency) return;
    const FunctionName = name;
    if (wanted === undefined) await this.run('DeleteFunctionConcurrency', { FunctionName });
    else await this.run('PutFunctionConcurrency', { FunctionName, ReservedConcurrentExecutions: wanted });
  }

  async #provision(wanted: WantedFunction, before: WantedFunction | undefined): Promise<void> {
    const { name, alias, provisionedConcurrency: count } = wanted;
    const isSame = count === before?.provisionedConcurrency && alias === before?.alias;
    if (isSame) return;
    if (before?.alias !== undefined && before.provisionedConcurrency !== undefined) {
      const Qualifier = before.alias;
      await this.#ask('DeleteProvisionedConcurrencyConfig', { FunctionName: name, Qualifier });
    }
    // SAM applies provisioned concurrency only to an alias that it makes itself.
    if (count === undefined || alias === undefined) return;
    await this.run('PutProvisionedConcurrencyConfig', {
      FunctionName: name,
      Qualifier: alias,
      ProvisionedConcurrentExecutions: count,
    });
  }

  async #eventInvoke(
    { name, eventInvoke }: WantedFunction,
    before: WantedFunction | undefined,
  ): Promise<void> {
    if (isDeepStrictEqual(eventInvoke, before?.eventInvoke)) return;
    const FunctionName = name;
    if (eventInvoke === undefined) await this.#ask('DeleteFunctionEventInvokeConfig', { FunctionName });
    else await this.run('PutFunctionEventInvokeConfig', { FunctionName, ...eventInvoke });
  }

  /** Undefined where there is no such thing. */
  async #ask<Name extends OperationName>(name: Name, input: Input<Name>): Promise<object | undefined> {
    try {
      return await this.run(name, input);
    } catch (error) {
      if (error instanceof LambdaError && error.code === 'ResourceNotFoundException') return undefined;
      throw error;
    }
  }

  async #try(what: string, step: () => Promise<unknown>): Promise<void> {
    try {
      await step();
    } catch (error) {
      if (!(error instanceof LambdaError)) throw error;
      this.say(`${what}: ${error.message}`);
    }
  }
}

function member(output: object | undefined, name: string): string {
  return String((output as Readonly<Record<string, unknown>> | undefined)?.[name] ?? '');
}

/** As with SAM, the URL belongs to the alias if there is one. */
function targetOf({ name, alias }: WantedFunction): { FunctionName: string; Qualifier?: string } {
  return { FunctionName: name, ...(alias !== undefined && { Qualifier: alias }) };
}
