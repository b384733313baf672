import { formatFunctionArn } from '../../aws/arn';
import { LambdaError } from '../../aws/errors';
import { limits } from '../../aws/limits';
import { invalid, invalidWithoutBlame } from '../build/uploaded-code';
import type { FunctionVersion } from '../function-version';
import type { ProvisionedConcurrency } from './records';
import { aliasKey, functionNotFound, type Registry, versionKey } from './registry';
import { functionOwner, type Scope } from './state';

const tooLittle = (name: string) =>
  invalidWithoutBlame(
    `Specified ${name} for function decreases account's UnreservedConcurrentExecution below its minimum value of [${limits.unreservedConcurrency}].`,
  );

/** Reserved and provisioned concurrency of functions. */
export class ConcurrencyRegistry {
  /** By function ARN, in memory, so that admission needs no database query. */
  readonly #reserved = new Map<string, number>();
  readonly #provisioned = new Map<string, number>();
  readonly #provisionedVersions = new Map<string, ReadonlySet<string>>();

  constructor(private readonly registry: Registry) {
    for (const { scope, key, document } of registry.reserved.everywhere())
      this.#reserved.set(formatFunctionArn({ ...scope, functionName: key }), document.reserved);
    for (const { scope, document } of registry.provisioned.everywhere())
      this.#sum(scope, document.functionName);
    registry.onChange((scope, functionName) => {
      this.#sum(scope, functionName);
      const arn = formatFunctionArn({ ...scope, functionName });
      const now = registry.reserved.get(scope, functionName);
      if (now === undefined) this.#reserved.delete(arn);
      else this.#reserved.set(arn, now.reserved);
    });
  }

  /** By function ARN, of all accounts and regions. */
  get allReserved(): ReadonlyMap<string, number> {
    return this.#reserved;
  }

  /** Sum of all versions' provisioned concurrency by function ARN, of all accounts and regions. */
  get everyProvisioned(): ReadonlyMap<string, number> {
    return this.#provisioned;
  }

  /** Whether a version has provisioned concurrency, by its number or by an alias. */
  isProvisioned({ functionArn, version }: FunctionVersion): boolean {
    return this.#provisionedVersions.get(functionArn)?.has(version) === true;
  }

  reserved(scope: Scope, functionName: string): number | undefined {
    this.registry.function(scope, functionName);
    return this.registry.reserved.get(scope, functionName)?.reserved;
  }

  reserve(scope: Scope, functionName: string, reserved: number): void {
    this.registry.write(scope, functionName, () => {
      // Recorded: the service's error includes the qualifier.
      this.registry.function(scope, functionName, '$LATEST');
      const others = this.#claimedByOthers(scope, functionName);
      if (limits.concurrency - others - reserved < limits.unreservedConcurrency) {
        throw tooLittle('ReservedConcurrentExecutions');
      }
      const provisioned = this.#provisionedSum(scope, functionName);
      if (provisioned > reserved) {
        throw invalid(
          ` ReservedConcurrentExecutions  ${reserved} should not be lower than function's total provisioned concurrency [${provisioned}].`,
        );
      }
      this.registry.reserved.put(scope, functionName, { reserved }, functionOwner(functionName));
    });
  }

  free(scope: Scope, functionName: string): void {
    this.registry.write(scope, functionName, () => {
      this.registry.function(scope, functionName);
      this.registry.reserved.remove(scope, functionName);
    });
  }

  /** By qualifier. */
  allProvisioned(scope: Scope, functionName: string): readonly ProvisionedConcurrency[] {
    return this.registry.provisioned
      .list(scope, { prefix: `${functionName}:` })
      .map(({ document }) => document);
  }

  /** @throws {LambdaError} */
  provisioned(scope: Scope, functionName: string, qualifier: string): ProvisionedConcurrency {
    refuseLatest(qualifier);
    this.#check(scope, functionName, qualifier);
    const config = this.registry.provisioned.get(scope, aliasKey(functionName, qualifier));
    if (config) return config;
    throw new LambdaError(
      'ProvisionedConcurrencyConfigNotFoundException',
      'No Provisioned Concurrency Config found for this function',
    );
  }

  provision(
    scope: Scope,
    functionName: string,
    qualifier: string,
    requested: number,
  ): ProvisionedConcurrency {
    return this.registry.write(scope, functionName, () => {
      this.#check(scope, functionName, qualifier);
      this.#checkOverlap(scope, functionName, qualifier);
      const others = this.#provisionedSum(scope, functionName, qualifier);
      const reserved = this.registry.reserved.get(scope, functionName)?.reserved;
      if (reserved !== undefined && others + requested > reserved) {
        throw invalid(
          'Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function',
        );
      }
      const unreserved = limits.concurrency - this.#claimedByOthers(scope, functionName);
      if (requested > unreserved) {
        throw invalidWithoutBlame(
          `Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [${unreserved}].`,
        );
      }
      if (reserved === undefined && unreserved - others - requested < limits.unreservedConcurrency) {
        throw tooLittle('ConcurrentExecutions');
      }
      const config = { functionName, qualifier, requested, lastModifiedMs: this.registry.nowMs() };
      const owner = functionOwner(functionName, qualifier);
      this.registry.provisioned.put(scope, aliasKey(functionName, qualifier), config, owner);
      return config;
    });
  }

  unprovision(scope: Scope, functionName: string, qualifier: string): void {
    this.registry.write(scope, functionName, () => {
      refuseLatest(qualifier);
      this.#check(scope, functionName, qualifier);
      this.registry.provisioned.remove(scope, aliasKey(functionName, qualifier));
    });
  }

  #check(scope: Scope, functionName: string, qualifier: string): void {
    if (qualifier === '$LATEST') {
      throw invalid('Provisioned Concurrency Configs cannot be applied to unpublished function versions.');
    }
    if (this.registry.aliases.get(scope, aliasKey(functionName, qualifier)) !== undefined) return;
    if (this.registry.versions.get(scope, versionKey(functionName, qualifier)) !== undefined) return;
    if (/^\d+$/.test(qualifier)) throw functionNotFound(scope, functionName, qualifier);
    const arn = formatFunctionArn({ ...scope, functionName, qualifier });
    throw new LambdaError('ResourceNotFoundException', `Cannot find alias arn: ${arn}`);
  }

  /** A version may have provisioned concurrency by its number or by an alias, not both. */
  #checkOverlap(scope: Scope, functionName: string, qualifier: string): void {
    const alias = this.registry.aliases.get(scope, aliasKey(functionName, qualifier));
    const configured = (key: string) => this.registry.provisioned.get(scope, aliasKey(functionName, key));
    if (alias !== undefined) {
      if (configured(alias.version) === undefined) return;
      throw new LambdaError(
        'ResourceConflictException',
        "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version",
      );
    }
    const pointing = this.registry.aliases
      .list(scope, { prefix: `${functionName}:` })
      .filter(({ document }) => document.version === qualifier);
    if (pointing.some(({ document }) => configured(document.name) !== undefined)) {
      throw new LambdaError(
        'ResourceConflictException',
        'Version is pointed by a Provisioned Concurrency alias',
      );
    }
  }

  #sum(scope: Scope, functionName: string): void {
    const arn = formatFunctionArn({ ...scope, functionName });
    const sum = this.#provisionedSum(scope, functionName);
    if (sum > 0) {
      this.#provisioned.set(arn, sum);
      this.#provisionedVersions.set(arn, this.#versions(scope, functionName));
    } else {
      this.#provisioned.delete(arn);
      this.#provisionedVersions.delete(arn);
    }
  }

  #versions(scope: Scope, functionName: string): ReadonlySet<string> {
    const found = this.allProvisioned(scope, functionName).flatMap(({ qualifier }) => {
      const alias = this.registry.aliases.get(scope, aliasKey(functionName, qualifier));
      return alias === undefined ? [qualifier] : [alias.version, ...Object.keys(alias.weights)];
    });
    return new Set(found);
  }

  #provisionedSum(scope: Scope, functionName: string, without?: string): number {
    return this.allProvisioned(scope, functionName)
      .filter(({ qualifier }) => qualifier !== without)
      .reduce((sum, { requested }) => sum + requested, 0);
  }

  /**
   * Concurrency that other functions claim: their reserved concurrency, or their provisioned one if that is more.
   * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-concurrency.html#claimed-account-concurrency
   */
  #claimedByOthers(scope: Scope, functionName: string): number {
    const claimed = new Map<string, number>();
    for (const { document } of this.registry.provisioned.list(scope)) {
      const { functionName: name, requested } = document;
      claimed.set(name, (claimed.get(name) ?? 0) + requested);
    }
    for (const { key, document } of this.registry.reserved.list(scope)) claimed.set(key, document.reserved);
    claimed.delete(functionName);
    return [...claimed.values()].reduce((sum, each) => sum + each, 0);
  }
}

function refuseLatest(qualifier: string): void {
  if (qualifier === '$LATEST') {
    throw invalid('The function resource provided must be an alias or a published version.');
  }
}
