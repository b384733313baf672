import { formatFunctionArn } from '../aws/arn';
import { LambdaError } from '../aws/errors';
import { limits } from '../aws/limits';
import { invalid, invalidWithoutBlame } from './code-intake';
import type { ProvisionedConcurrency } from './records';
import { aliasKey, functionNotFound, type Registry, versionKey } from './registry';
import { functionOwner, type Place } from './state';

const tooLittle = (name: string) =>
  invalidWithoutBlame(
    `Specified ${name} for function decreases account's UnreservedConcurrentExecution below its minimum value of [${limits.unreservedConcurrency}].`,
  );

/** How many invocations of a function may run at a time, and how many environments are kept ready for them. */
export class ConcurrencyRegistry {
  /** By the function's ARN: invocations are admitted without a look into the database. */
  readonly #reserved = new Map<string, number>();
  readonly #provisioned = new Map<string, number>();

  constructor(private readonly registry: Registry) {
    for (const { place, key, document } of registry.reserved.everywhere())
      this.#reserved.set(formatFunctionArn({ ...place, functionName: key }), document.reserved);
    for (const { place, document } of registry.provisioned.everywhere())
      this.#sum(place, document.functionName);
    registry.onChange((place, functionName) => {
      this.#sum(place, functionName);
      const arn = formatFunctionArn({ ...place, functionName });
      const now = registry.reserved.get(place, functionName);
      if (now === undefined) this.#reserved.delete(arn);
      else this.#reserved.set(arn, now.reserved);
    });
  }

  /** By the function's ARN, of all places. */
  get allReserved(): ReadonlyMap<string, number> {
    return this.#reserved;
  }

  /** What is provisioned of all versions, by the function's ARN, of all places. */
  get everyProvisioned(): ReadonlyMap<string, number> {
    return this.#provisioned;
  }

  reserved(place: Place, functionName: string): number | undefined {
    this.registry.function(place, functionName);
    return this.registry.reserved.get(place, functionName)?.reserved;
  }

  reserve(place: Place, functionName: string, reserved: number): void {
    this.registry.write(place, functionName, () => {
      // The service was recorded to name what it looked for with its qualifier.
      this.registry.function(place, functionName, '$LATEST');
      const others = this.#claimedByOthers(place, functionName);
      if (limits.concurrency - others - reserved < limits.unreservedConcurrency) {
        throw tooLittle('ReservedConcurrentExecutions');
      }
      const provisioned = this.#provisionedSum(place, functionName);
      if (provisioned > reserved) {
        throw invalid(
          ` ReservedConcurrentExecutions  ${reserved} should not be lower than function's total provisioned concurrency [${provisioned}].`,
        );
      }
      this.registry.reserved.put(place, functionName, { reserved }, functionOwner(functionName));
    });
  }

  free(place: Place, functionName: string): void {
    this.registry.write(place, functionName, () => {
      this.registry.function(place, functionName);
      this.registry.reserved.remove(place, functionName);
    });
  }

  /** By qualifier. */
  allProvisioned(place: Place, functionName: string): readonly ProvisionedConcurrency[] {
    return this.registry.provisioned
      .list(place, { prefix: `${functionName}:` })
      .map(({ document }) => document);
  }

  /** @throws {LambdaError} */
  provisioned(place: Place, functionName: string, qualifier: string): ProvisionedConcurrency {
    refuseLatest(qualifier);
    this.#check(place, functionName, qualifier);
    const config = this.registry.provisioned.get(place, aliasKey(functionName, qualifier));
    if (config) return config;
    throw new LambdaError(
      'ProvisionedConcurrencyConfigNotFoundException',
      'No Provisioned Concurrency Config found for this function',
    );
  }

  provision(
    place: Place,
    functionName: string,
    qualifier: string,
    requested: number,
  ): ProvisionedConcurrency {
    return this.registry.write(place, functionName, () => {
      this.#check(place, functionName, qualifier);
      this.#checkOverlap(place, functionName, qualifier);
      const others = this.#provisionedSum(place, functionName, qualifier);
      const reserved = this.registry.reserved.get(place, functionName)?.reserved;
      if (reserved !== undefined && others + requested > reserved) {
        throw invalid(
          'Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function',
        );
      }
      const unreserved = limits.concurrency - this.#claimedByOthers(place, functionName);
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
      this.registry.provisioned.put(place, aliasKey(functionName, qualifier), config, owner);
      return config;
    });
  }

  unprovision(place: Place, functionName: string, qualifier: string): void {
    this.registry.write(place, functionName, () => {
      refuseLatest(qualifier);
      this.#check(place, functionName, qualifier);
      this.registry.provisioned.remove(place, aliasKey(functionName, qualifier));
    });
  }

  #check(place: Place, functionName: string, qualifier: string): void {
    if (qualifier === '$LATEST') {
      throw invalid('Provisioned Concurrency Configs cannot be applied to unpublished function versions.');
    }
    if (this.registry.aliases.get(place, aliasKey(functionName, qualifier)) !== undefined) return;
    if (this.registry.versions.get(place, versionKey(functionName, qualifier)) !== undefined) return;
    if (this.registry.functions.get(place, functionName) === undefined || /^\d+$/.test(qualifier))
      throw functionNotFound(place, functionName, qualifier);
    const arn = formatFunctionArn({ ...place, functionName, qualifier });
    throw new LambdaError('ResourceNotFoundException', `Cannot find alias arn: ${arn}`);
  }

  /** A version is provisioned for either by its number or by an alias. */
  #checkOverlap(place: Place, functionName: string, qualifier: string): void {
    const alias = this.registry.aliases.get(place, aliasKey(functionName, qualifier));
    const configured = (key: string) => this.registry.provisioned.get(place, aliasKey(functionName, key));
    if (alias !== undefined) {
      if (configured(alias.version) === undefined) return;
      throw new LambdaError(
        'ResourceConflictException',
        "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version",
      );
    }
    const pointing = this.registry.aliases
      .list(place, { prefix: `${functionName}:` })
      .filter(({ document }) => document.version === qualifier);
    if (pointing.some(({ document }) => configured(document.name) !== undefined)) {
      throw new LambdaError(
        'ResourceConflictException',
        'Version is pointed by a Provisioned Concurrency alias',
      );
    }
  }

  #sum(place: Place, functionName: string): void {
    const arn = formatFunctionArn({ ...place, functionName });
    const sum = this.#provisionedSum(place, functionName);
    if (sum > 0) this.#provisioned.set(arn, sum);
    else this.#provisioned.delete(arn);
  }

  #provisionedSum(place: Place, functionName: string, without?: string): number {
    return this.allProvisioned(place, functionName)
      .filter(({ qualifier }) => qualifier !== without)
      .reduce((sum, { requested }) => sum + requested, 0);
  }

  /**
   * What other functions keep from everybody: what they have reserved, or provisioned where that is more.
   * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-concurrency.html#claimed-account-concurrency
   */
  #claimedByOthers(place: Place, functionName: string): number {
    const claimed = new Map<string, number>();
    for (const { document } of this.registry.provisioned.list(place)) {
      const { functionName: name, requested } = document;
      claimed.set(name, (claimed.get(name) ?? 0) + requested);
    }
    for (const { key, document } of this.registry.reserved.list(place)) claimed.set(key, document.reserved);
    claimed.delete(functionName);
    return [...claimed.values()].reduce((sum, each) => sum + each, 0);
  }
}

function refuseLatest(qualifier: string): void {
  if (qualifier === '$LATEST') {
    throw invalid('The function resource provided must be an alias or a published version.');
  }
}
