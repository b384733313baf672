import { invalidParameter } from './logs-error';

/** Members of a request, each checked when it is read. */
export class LogInput {
  constructor(private readonly members: Readonly<Record<string, unknown>>) {}

  text(name: string): string | undefined {
    const value = this.members[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'string' && value.length <= 2_048) return value;
    throw invalidParameter(`${name} must be a string of at most 2048 characters`);
  }

  flag(name: string): boolean {
    const value = this.members[name];
    if (value === undefined || value === null || typeof value === 'boolean') return value === true;
    throw invalidParameter(`${name} must be true or false`);
  }

  /** Milliseconds since the epoch. */
  time(name: string): number | undefined {
    return this.#integer(name, 0, Number.MAX_SAFE_INTEGER);
  }

  limit(most: number): number {
    return this.#integer('limit', 1, most) ?? most;
  }

  texts(name: string): readonly string[] | undefined {
    const value = this.members[name];
    if (value === undefined || value === null) return undefined;
    if (Array.isArray(value) && value.length <= 100 && value.every((each) => typeof each === 'string'))
      return value as readonly string[];
    throw invalidParameter(`${name} must be a list of at most 100 strings`);
  }

  /** A name, or the last part of an ARN. */
  group(): string {
    const name = this.text('logGroupName');
    const identifier = this.text('logGroupIdentifier');
    if (name !== undefined && identifier !== undefined)
      throw invalidParameter('Give either logGroupName or logGroupIdentifier, not both.');
    const group = name ?? (identifier && groupName(identifier));
    if (group === undefined) throw invalidParameter('logGroupName is required.');
    return group;
  }

  #integer(name: string, least: number, most: number): number | undefined {
    const value = this.members[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    const bound =
      typeof value === 'number' && value < least
        ? `greater than or equal to ${least}`
        : `less than or equal to ${most}`;
    throw invalidParameter(
      `1 validation error detected: Value '${String(value).slice(0, 40)}' at '${name}' failed to satisfy constraint: Member must have value ${bound}`,
    );
  }
}

/** The name of a log group, given as such or as an ARN. */
export function groupName(identifier: string): string {
  const [, ofArn] = /^arn:[^:]+:logs:[^:]*:\d*:log-group:([^:]+)/.exec(identifier) ?? [];
  return ofArn ?? identifier;
}
