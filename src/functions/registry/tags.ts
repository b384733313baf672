import { LambdaError } from '../../aws/errors';
import { limits } from '../../aws/limits';
import type { Database } from '../../lib/database';
import { Documents, type Scope } from './state';

export type TagSet = Readonly<Record<string, string>>;

/** Tags of functions and other resources; the key of a resource is the end of its ARN, e.g. `function:hello`. */
export class Tags {
  readonly #documents: Documents<TagSet>;

  constructor(database: Database) {
    this.#documents = new Documents(database, 'tags');
  }

  of(scope: Scope, resource: string): TagSet {
    return this.#documents.get(scope, resource) ?? {};
  }

  /** Replaces tags with the same key. They are removed with `owner`. @throws {LambdaError} if there are too many */
  add(scope: Scope, resource: string, tags: TagSet, owner?: string): void {
    const after = { ...this.of(scope, resource), ...tags };
    if (Object.keys(after).length > limits.tags) {
      throw new LambdaError('InvalidParameterValueException', 'Number of tags exceeds resource tag limit.');
    }
    this.#documents.put(scope, resource, after, owner);
  }

  /** Ignores keys that do not exist. */
  remove(scope: Scope, resource: string, keys: readonly string[]): void {
    const after = Object.entries(this.of(scope, resource)).filter(([key]) => !keys.includes(key));
    this.#documents.replace(scope, resource, Object.fromEntries(after));
  }

  removeAll(scope: Scope, resource: string): void {
    this.#documents.remove(scope, resource);
  }
}
