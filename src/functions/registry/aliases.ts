import { formatFunctionArn } from '../../aws/arn';
import { LambdaError } from '../../aws/errors';
import { invalid, invalidWithoutBlame } from '../build/uploaded-code';
import type { AliasRecord } from './records';
import {
  aliasKey,
  checkRevision,
  functionNotFound,
  newRevisionId,
  type Registry,
  versionKey,
} from './registry';
import { functionOwner, removeOwned, type Scope } from './state';

export interface AliasChange {
  readonly version?: string;
  readonly description?: string;
  readonly weights?: Readonly<Record<string, number>>;
  readonly revisionId?: string;
}

/** Aliases: names for versions. An alias may split invocations between two versions. */
export class AliasRegistry {
  constructor(private readonly registry: Registry) {}

  create(
    scope: Scope,
    functionName: string,
    name: string,
    change: AliasChange & { version: string },
  ): AliasRecord {
    return this.registry.write(scope, functionName, () => {
      // The error for a missing function names the alias's version.
      this.registry.function(scope, functionName, change.version);
      if (this.registry.aliases.get(scope, aliasKey(functionName, name)) !== undefined) {
        const arn = formatFunctionArn({ ...scope, functionName, qualifier: name });
        throw new LambdaError('ResourceConflictException', `Alias already exists: ${arn}`);
      }
      const { version, description = '', weights = {} } = change;
      return this.#put(scope, { functionName, name, version, description, weights, revisionId: '' });
    });
  }

  /** @throws {LambdaError} */
  get(scope: Scope, functionName: string, name: string): AliasRecord {
    const alias = this.registry.aliases.get(scope, aliasKey(functionName, name));
    if (alias !== undefined) return alias;
    this.registry.function(scope, functionName);
    const arn = formatFunctionArn({ ...scope, functionName, qualifier: name });
    throw new LambdaError('ResourceNotFoundException', `Cannot find alias arn: ${arn}`);
  }

  /** By name. */
  list(scope: Scope, functionName: string, version?: string): readonly AliasRecord[] {
    this.registry.function(scope, functionName);
    return this.registry.aliases
      .list(scope, { prefix: `${functionName}:` })
      .map(({ document }) => document)
      .filter((alias) => version === undefined || alias.version === version || version in alias.weights);
  }

  update(scope: Scope, functionName: string, name: string, change: AliasChange): AliasRecord {
    return this.registry.write(scope, functionName, () => {
      const before = this.registry.aliases.get(scope, aliasKey(functionName, name));
      if (before === undefined) {
        this.registry.function(scope, functionName);
        const arn = formatFunctionArn({ ...scope, functionName, qualifier: name });
        throw new LambdaError('ResourceNotFoundException', `Alias not found: ${arn}`);
      }
      checkRevision(change.revisionId, before);
      const { version, description, weights } = change;
      return this.#put(scope, {
        ...before,
        ...(version !== undefined && { version }),
        ...(description !== undefined && { description }),
        ...(weights !== undefined && { weights }),
      });
    });
  }

  /** Deleting a missing alias succeeds. */
  delete(scope: Scope, functionName: string, name: string): void {
    this.registry.write(scope, functionName, () => {
      if (this.registry.aliases.remove(scope, aliasKey(functionName, name)))
        removeOwned(this.registry.database, scope, functionOwner(functionName, name));
    });
  }

  #put(scope: Scope, alias: AliasRecord): AliasRecord {
    const { functionName, name, version, weights } = alias;
    this.#checkVersion(scope, functionName, version);
    this.#checkWeights(scope, alias);
    const record = { ...alias, weights, revisionId: newRevisionId() };
    this.registry.aliases.put(scope, aliasKey(functionName, name), record, functionOwner(functionName, name));
    return record;
  }

  #checkVersion(scope: Scope, functionName: string, version: string): void {
    if (version === '$LATEST') return;
    if (this.registry.versions.get(scope, versionKey(functionName, version)) === undefined)
      throw functionNotFound(scope, functionName, version);
  }

  #checkWeights(scope: Scope, { functionName, version, weights }: AliasRecord): void {
    const others = Object.keys(weights);
    if (others.length === 0) return;
    if (others.length > 1)
      throw invalid('Number of items in AdditionalVersionWeights cannot be greater than 1');
    if (version === '$LATEST' || others.includes('$LATEST')) {
      throw invalidWithoutBlame('$LATEST is not supported for an alias pointing to more than 1 version');
    }
    if (others.includes(version)) {
      throw invalid(
        `Invalid function version ${version}. Function version ${version} is already included in routing configuration.`,
      );
    }
    for (const other of others) this.#checkVersion(scope, functionName, other);
  }
}
