import { formatFunctionArn } from '../aws/arn';
import { LambdaError } from '../aws/errors';
import { invalid, invalidWithoutBlame } from './code-intake';
import type { AliasRecord } from './records';
import {
  aliasKey,
  checkRevision,
  functionNotFound,
  newRevisionId,
  type Registry,
  versionKey,
} from './registry';
import { functionOwner, type Place, removeOwned } from './state';

export interface AliasChange {
  readonly version?: string;
  readonly description?: string;
  readonly weights?: Readonly<Record<string, number>>;
  readonly revisionId?: string;
}

/** Names for versions, which may share invocations out among two of them. */
export class AliasRegistry {
  constructor(private readonly registry: Registry) {}

  create(
    place: Place,
    functionName: string,
    name: string,
    change: AliasChange & { version: string },
  ): AliasRecord {
    return this.registry.write(place, functionName, () => {
      // A function that is not there is told with the version that the alias would have.
      this.registry.function(place, functionName, change.version);
      if (this.registry.aliases.get(place, aliasKey(functionName, name)) !== undefined) {
        const arn = formatFunctionArn({ ...place, functionName, qualifier: name });
        throw new LambdaError('ResourceConflictException', `Alias already exists: ${arn}`);
      }
      const { version, description = '', weights = {} } = change;
      return this.#put(place, { functionName, name, version, description, weights, revisionId: '' });
    });
  }

  /** @throws {LambdaError} */
  get(place: Place, functionName: string, name: string): AliasRecord {
    const alias = this.registry.aliases.get(place, aliasKey(functionName, name));
    if (alias !== undefined) return alias;
    this.registry.function(place, functionName);
    const arn = formatFunctionArn({ ...place, functionName, qualifier: name });
    throw new LambdaError('ResourceNotFoundException', `Cannot find alias arn: ${arn}`);
  }

  /** By name. */
  list(place: Place, functionName: string, version?: string): readonly AliasRecord[] {
    this.registry.function(place, functionName);
    return this.registry.aliases
      .list(place, { prefix: `${functionName}:` })
      .map(({ document }) => document)
      .filter((alias) => version === undefined || alias.version === version || version in alias.weights);
  }

  update(place: Place, functionName: string, name: string, change: AliasChange): AliasRecord {
    return this.registry.write(place, functionName, () => {
      const before = this.registry.aliases.get(place, aliasKey(functionName, name));
      if (before === undefined) {
        this.registry.function(place, functionName);
        const arn = formatFunctionArn({ ...place, functionName, qualifier: name });
        throw new LambdaError('ResourceNotFoundException', `Alias not found: ${arn}`);
      }
      checkRevision(change.revisionId, before);
      const { version, description, weights } = change;
      return this.#put(place, {
        ...before,
        ...(version !== undefined && { version }),
        ...(description !== undefined && { description }),
        ...(weights !== undefined && { weights }),
      });
    });
  }

  /** One that is not there is as good as deleted. */
  delete(place: Place, functionName: string, name: string): void {
    this.registry.write(place, functionName, () => {
      if (this.registry.aliases.remove(place, aliasKey(functionName, name)))
        removeOwned(this.registry.database, place, functionOwner(functionName, name));
    });
  }

  #put(place: Place, alias: AliasRecord): AliasRecord {
    const { functionName, name, version, weights } = alias;
    this.#checkVersion(place, functionName, version);
    this.#checkWeights(place, alias);
    const record = { ...alias, weights, revisionId: newRevisionId() };
    this.registry.aliases.put(place, aliasKey(functionName, name), record, functionOwner(functionName, name));
    return record;
  }

  #checkVersion(place: Place, functionName: string, version: string): void {
    if (version === '$LATEST') return;
    if (this.registry.versions.get(place, versionKey(functionName, version)) === undefined)
      throw functionNotFound(place, functionName, version);
  }

  #checkWeights(place: Place, { functionName, version, weights }: AliasRecord): void {
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
    for (const other of others) this.#checkVersion(place, functionName, other);
  }
}
