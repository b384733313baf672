import type { Architecture } from '../../aws/architecture';
import { formatFunctionArn } from '../../aws/arn';
import { LambdaError } from '../../aws/errors';
import { invalid } from '../build/uploaded-code';
import type { Code, Deployable, FunctionRecord, FunctionSettings, Reason, VersionRecord } from './records';
import { aliasKey, checkRevision, newRevisionId, type Registry, versionKey } from './registry';
import { functionOwner, removeOwned, type Scope } from './state';

const creating = { text: 'The function is being created.', code: 'Creating' } as const;

export interface NewFunction extends Deployable {
  readonly functionName: string;
  readonly publish: boolean;
}

export interface Change {
  readonly settings?: FunctionSettings;
  /** Overrides the architecture of the settings. */
  readonly architecture?: Architecture;
  readonly code?: Code;
  readonly revisionId?: string;
  readonly publish?: boolean;
}

/** Deploying, changing, publishing and deleting functions: each a transaction. */
export class FunctionRegistry {
  constructor(private readonly registry: Registry) {}

  /** Creates a function in state `Pending`; activation changes that. Returns the published version if requested. */
  create(
    scope: Scope,
    { functionName, settings, code, publish }: NewFunction,
    /** Further writes in the same transaction. */
    also: () => void = () => undefined,
  ): VersionRecord {
    const { functions } = this.registry;
    return this.registry.write(scope, functionName, () => {
      if (functions.get(scope, functionName) !== undefined) {
        throw new LambdaError('ResourceConflictException', `Function already exist: ${functionName}`);
      }
      const record: FunctionRecord = {
        functionName,
        version: '$LATEST',
        settings,
        code,
        state: 'Pending',
        stateReason: creating,
        lastModifiedMs: this.registry.nowMs(),
        revisionId: newRevisionId(),
        source: 'api',
        lastVersion: 0,
        update: 'Successful',
      };
      this.#put(scope, record);
      also();
      return publish ? this.#publish(scope, record) : record;
    });
  }

  /** Stores the function as the template has it. An unchanged function is not written. */
  putTemplate(scope: Scope, functionName: string, wanted: Deployable): void {
    const { functions } = this.registry;
    this.registry.write(scope, functionName, () => {
      const before = functions.get(scope, functionName);
      const same =
        before?.source === 'template' &&
        before.update === 'Successful' &&
        JSON.stringify([before.settings, before.code]) === JSON.stringify([wanted.settings, wanted.code]);
      if (same) return;
      this.#put(scope, {
        functionName,
        version: '$LATEST',
        ...wanted,
        state: 'Active',
        lastModifiedMs: this.registry.nowMs(),
        revisionId: newRevisionId(),
        source: 'template',
        lastVersion: before?.lastVersion ?? 0,
        update: 'Successful',
      });
    });
  }

  /** Removes a function that is no longer in the template, unless a client has deployed it since. */
  dropTemplate(scope: Scope, functionName: string): void {
    const { functions, database } = this.registry;
    this.registry.write(scope, functionName, () => {
      if (functions.get(scope, functionName)?.source !== 'template') return;
      functions.remove(scope, functionName);
      removeOwned(database, scope, functionOwner(functionName));
    });
  }

  /** Changes `$LATEST`. The previous version serves until the change has been activated. */
  change(scope: Scope, functionName: string, { revisionId, publish, ...change }: Change): VersionRecord {
    return this.registry.write(scope, functionName, () => {
      const before = this.registry.function(scope, functionName);
      checkRevision(revisionId, before);
      this.checkIdle(scope, before);
      const { settings, code, serving, updateReason: _, ...rest } = before;
      const record: FunctionRecord = {
        ...rest,
        settings: {
          ...(change.settings ?? settings),
          ...(change.architecture !== undefined && { architecture: change.architecture }),
        },
        code: change.code ?? code,
        // A failed function has no version that serves: it starts over.
        ...(before.state === 'Failed'
          ? { state: 'Pending', stateReason: creating }
          : { serving: serving ?? { settings, code } }),
        lastModifiedMs: this.registry.nowMs(),
        revisionId: newRevisionId(),
        update: 'InProgress',
        updateReason: creating,
      };
      this.#put(scope, record);
      return publish ? this.#publish(scope, record) : record;
    });
  }

  publish(
    scope: Scope,
    functionName: string,
    asked: { readonly codeSha256?: string; readonly description?: string; readonly revisionId?: string },
  ): VersionRecord {
    return this.registry.write(scope, functionName, () => {
      const latest = this.registry.function(scope, functionName);
      this.checkIdle(scope, latest);
      checkRevision(asked.revisionId, latest);
      const { codeSha256 } = latest.code;
      if (asked.codeSha256 !== undefined && asked.codeSha256 !== '' && asked.codeSha256 !== codeSha256) {
        throw invalid(
          `CodeSHA256 (${asked.codeSha256}) is different from current CodeSHA256 in $LATEST (${codeSha256}). Please try again with the CodeSHA256 in $LATEST.`,
        );
      }
      return this.#publish(scope, latest, asked.description);
    });
  }

  /** Deletes a function with everything that belongs to it, or one of its versions. */
  delete(scope: Scope, functionName: string, version?: string): void {
    const { functions, versions, database } = this.registry;
    this.registry.write(scope, functionName, () => {
      if (version === undefined) {
        this.registry.function(scope, functionName);
        functions.remove(scope, functionName);
        removeOwned(database, scope, functionOwner(functionName));
        return;
      }
      if (version === '$LATEST') {
        throw invalid('$LATEST version cannot be deleted without deleting the function.');
      }
      // Recorded: the error names the function, not the requested version.
      this.registry.function(scope, functionName);
      if (this.registry.aliases.get(scope, aliasKey(functionName, version)) !== undefined) {
        throw invalid('Deletion of aliases is not currently supported.');
      }
      const names = this.registry.aliases
        .list(scope, { prefix: `${functionName}:` })
        .map(({ document }) => document)
        .filter((alias) => alias.version === version || version in alias.weights)
        .map((alias) => alias.name);
      if (names.length > 0) {
        throw new LambdaError(
          'ResourceConflictException',
          `Unable to delete version because the following aliases reference it: [${names.join(', ')}]`,
        );
      }
      // Deleting a missing version succeeds.
      versions.remove(scope, versionKey(functionName, version));
      removeOwned(database, scope, functionOwner(functionName, version));
    });
  }

  /** Lets the deployment serve from now on; its displayed state is unchanged. */
  serve(scope: Scope, { functionName, version, revisionId, code }: VersionRecord): void {
    this.registry.write(scope, functionName, () => {
      if (version !== '$LATEST') {
        const record = this.registry.versions.get(scope, versionKey(functionName, version));
        if (record?.state !== 'Pending' || record.revisionId !== revisionId) return;
        this.#putVersion(scope, { ...record, code, ready: true });
        return;
      }
      const record = this.registry.functions.get(scope, functionName);
      if (record?.revisionId === revisionId) this.#put(scope, { ...record, code, ready: true });
    });
  }

  /** Restarts an activation that failed because the engine did not have the image. */
  retryImage(scope: Scope, functionName: string): void {
    this.registry.write(scope, functionName, () => {
      const record = this.registry.functions.get(scope, functionName);
      if (record === undefined) return;
      const begun = { revisionId: newRevisionId(), stateReason: creating };
      const lacksImage = (reason: Reason | undefined) => reason?.code === 'InvalidImage';
      if (record.state === 'Failed' && lacksImage(record.stateReason)) {
        this.#put(scope, { ...record, ...begun, state: 'Pending' });
      } else if (record.update === 'Failed' && lacksImage(record.updateReason)) {
        const { revisionId } = begun;
        this.#put(scope, { ...record, revisionId, update: 'InProgress', updateReason: creating });
      }
      for (const { document } of this.registry.versions.list(scope, { prefix: `${functionName}:` })) {
        if (document.state !== 'Failed' || !lacksImage(document.stateReason)) continue;
        this.#putVersion(scope, { ...document, ...begun, state: 'Pending' });
      }
    });
  }

  /** Stores the result of an activation. Ignored if the deployment is no longer being activated. */
  settle(
    scope: Scope,
    { functionName, version, revisionId, code }: VersionRecord,
    failure?: FunctionFailure,
  ): void {
    const failed = failure && { text: failure.message, code: failure.code };
    this.registry.write(scope, functionName, () => {
      if (version !== '$LATEST') {
        const record = this.registry.versions.get(scope, versionKey(functionName, version));
        if (record?.state !== 'Pending' || record.revisionId !== revisionId) return;
        const { stateReason: _, ready: __, ...rest } = record;
        this.#putVersion(scope, {
          ...rest,
          code,
          revisionId: newRevisionId(),
          state: failed ? 'Failed' : 'Active',
          ...(failed && { stateReason: failed }),
        });
        return;
      }
      const record = this.registry.functions.get(scope, functionName);
      if (record?.revisionId !== revisionId) return;
      const { stateReason, updateReason: _, serving, ready: __, ...rest } = record;
      const begun = record.state === 'Pending';
      this.#put(scope, {
        ...rest,
        code,
        revisionId: newRevisionId(),
        ...(begun ? { state: failed ? 'Failed' : 'Active' } : stateReason && { stateReason }),
        ...(begun && failed && { stateReason: failed }),
        update: failed ? 'Failed' : 'Successful',
        ...(failed && { updateReason: failed }),
        ...(failed && serving && { serving }),
      });
    });
  }

  /** @throws {LambdaError} while the function is being created or changed */
  checkIdle(scope: Scope, { functionName, state, update }: FunctionRecord): void {
    if (state === 'Pending') {
      throw conflict(`The function is currently in the following state: ${state}`);
    }
    if (update !== 'InProgress') return;
    const arn = formatFunctionArn({ ...scope, functionName });
    throw conflict(`An update is in progress for resource: ${arn}`);
  }

  /** Publishes no new version if `$LATEST` has not changed since the last one. */
  #publish(scope: Scope, latest: FunctionRecord, description?: string): VersionRecord {
    const { functionName, code, lastVersion } = latest;
    const latestDescription = latest.settings.description;
    const settings = { ...latest.settings, description: description ?? latestDescription };
    const last = this.registry.versions.get(scope, versionKey(functionName, String(lastVersion)));
    if (last && content(last, last.latestDescription ?? latestDescription) === content(latest)) return last;
    // `$LATEST` runs already, so the version needs no activation.
    const serves = latest.state === 'Active' && latest.update === 'Successful';
    const version: VersionRecord = {
      functionName,
      version: String(lastVersion + 1),
      settings,
      code,
      latestDescription,
      ...(serves ? { state: 'Active' as const } : { state: 'Pending' as const, stateReason: creating }),
      lastModifiedMs: this.registry.nowMs(),
      revisionId: newRevisionId(),
    };
    // A version that is being activated keeps its revision, which identifies it to the activation.
    const revisionId = serves ? newRevisionId() : latest.revisionId;
    this.#put(scope, { ...latest, lastVersion: lastVersion + 1, revisionId });
    this.#putVersion(scope, version);
    return version;
  }

  #put(scope: Scope, record: FunctionRecord): void {
    this.registry.functions.put(scope, record.functionName, record, functionOwner(record.functionName));
  }

  #putVersion(scope: Scope, record: VersionRecord): void {
    const { functionName, version } = record;
    const key = versionKey(functionName, version);
    this.registry.versions.put(scope, key, record, functionOwner(functionName, version));
  }
}

/** Why a deployed function cannot run. */
export interface FunctionFailure {
  readonly message: string;
  /** One of `StateReasonCode` in the service model. */
  readonly code: string;
}

/** Content that decides whether a version would be new. A version's own description does not count. */
function content({ settings, code }: Deployable, description = settings.description): string {
  return JSON.stringify([{ ...settings, description }, code]);
}

function conflict(what: string): LambdaError {
  return new LambdaError(
    'ResourceConflictException',
    `The operation cannot be performed at this time. ${what}`,
  );
}
