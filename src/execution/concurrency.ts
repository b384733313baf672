import { LambdaError } from '../aws/errors';
import type { FunctionVersion } from '../functions/function-version';

export interface ConcurrencyOptions {
  /** Invocations of one account and region at a time. */
  readonly limit: number;
  /** Reserved concurrency by function ARN; it is part of the limit. */
  readonly reserved: () => ReadonlyMap<string, number>;
  /** Provisioned concurrency by function ARN; it is part of the function's reserved concurrency. */
  readonly provisioned?: () => ReadonlyMap<string, number>;
  /** Whether this version has provisioned concurrency. */
  readonly isProvisioned?: (version: FunctionVersion) => boolean;
}

/** `arn:aws:lambda:REGION:ACCOUNT:`: functions with this prefix share a limit. */
const accountOf = (functionArn: string) => functionArn.slice(0, functionArn.indexOf(':function:') + 1);

/** Counts running invocations and decides whether one more may begin. */
export class Concurrency {
  readonly #underWay = new Map<string, number>();
  /** Running invocations of unprovisioned versions, for functions that have a provisioned version. */
  readonly #unprovisioned = new Map<string, number>();

  constructor(private readonly options: ConcurrencyOptions) {}

  /**
   * Counts an invocation of the function until the returned function is called.
   * https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
   * @throws {LambdaError} `TooManyRequestsException` where it may not begin
   */
  admit(version: FunctionVersion): () => void {
    const { functionArn } = version;
    const reserved = this.options.reserved();
    const own = reserved.get(functionArn);
    const running = this.#underWay.get(functionArn) ?? 0;
    if (own !== undefined) {
      if (running >= own) throw tooMany(reservedExceeded);
      const kept = this.#provisioned(functionArn);
      // Only the provisioned version may use the provisioned part of the reserved concurrency.
      if (kept > 0 && !this.options.isProvisioned?.(version)) return this.#admitBeside(version, own - kept);
    } else if (running >= this.#provisioned(functionArn) && this.#unreserved(functionArn, reserved) <= 0)
      throw tooMany('ConcurrentInvocationLimitExceeded');
    return this.#count(this.#underWay, functionArn);
  }

  #admitBeside({ functionArn }: FunctionVersion, most: number): () => void {
    if ((this.#unprovisioned.get(functionArn) ?? 0) >= most) throw tooMany(reservedExceeded);
    const end = this.#count(this.#underWay, functionArn);
    const endBeside = this.#count(this.#unprovisioned, functionArn);
    return () => {
      end();
      endBeside();
    };
  }

  #count(counts: Map<string, number>, functionArn: string): () => void {
    counts.set(functionArn, (counts.get(functionArn) ?? 0) + 1);
    return () => {
      const left = (counts.get(functionArn) ?? 1) - 1;
      if (left === 0) counts.delete(functionArn);
      else counts.set(functionArn, left);
    };
  }

  #provisioned(functionArn: string): number {
    return this.options.provisioned?.().get(functionArn) ?? 0;
  }

  /**
   * How many more invocations of functions without reserved concurrency may begin. Provisioned concurrency is kept
   * for its function, whether the function uses it or not.
   */
  #unreserved(functionArn: string, reserved: ReadonlyMap<string, number>): number {
    const account = accountOf(functionArn);
    let left = this.options.limit;
    for (const [arn, kept] of reserved) if (arn.startsWith(account)) left -= kept;
    for (const [arn, running] of this.#underWay) {
      if (!reserved.has(arn) && arn.startsWith(account)) left -= Math.max(running, this.#provisioned(arn));
    }
    for (const [arn, kept] of this.options.provisioned?.() ?? []) {
      if (!reserved.has(arn) && !this.#underWay.has(arn) && arn.startsWith(account)) left -= kept;
    }
    return left;
  }
}

const reservedExceeded = 'ReservedFunctionConcurrentInvocationLimitExceeded';

function tooMany(reason: string): LambdaError {
  return new LambdaError('TooManyRequestsException', 'Rate Exceeded.', { Reason: reason });
}
