import { limits } from './limits';

/** The parts of a function's ARN: `arn:PARTITION:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER]`. */
export interface FunctionArn {
  /** Default: `aws`. */
  readonly partition?: string;
  readonly region: string;
  readonly accountId: string;
  readonly functionName: string;
  /** A version, an alias or `$LATEST`. */
  readonly qualifier?: string;
}

/**
 * A caller's reference to a function: a name (`hello`), a partial ARN (`123456789012:function:hello`) or a full ARN,
 * each with an optional `:QUALIFIER`. As in the API's pattern, each leading part may be omitted separately. Omitted
 * parts are absent.
 */
export interface FunctionReference {
  readonly kind: 'reference';
  readonly form: 'name' | 'partial-arn' | 'arn';
  readonly functionName: string;
  readonly partition?: string;
  readonly region?: string;
  readonly accountId?: string;
  readonly qualifier?: string;
}

/** An invalid reference, with the constraint of the API that it violates. */
export interface MalformedReference {
  readonly kind: 'malformed';
  readonly constraint: 'length' | 'pattern';
}

const regionPattern = '(?:eusc-)?[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]+-\\d';

/** `FunctionName` in https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html, with named groups. */
const reference = new RegExp(
  `^(?:arn:(?<partition>(?:aws[a-zA-Z-]*)?):lambda:)?(?:(?<region>${regionPattern}):)?(?:(?<accountId>\\d{12}):)?` +
    '(?<word>function:)?(?<functionName>[a-zA-Z0-9-_.]+)(?::(?<qualifier>\\$LATEST(?:\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?$',
);

const wholeName = new RegExp(`^[a-zA-Z0-9-_]{1,${limits.functionNameLength}}$`);
const wholeRegion = new RegExp(`^${regionPattern}$`);

/** Whether a text is a valid function name: at most 64 letters, digits, `-` and `_`. */
export function isFunctionName(text: string): boolean {
  return wholeName.test(text);
}

export function isRegion(text: string): boolean {
  return wholeRegion.test(text);
}

export function isAccountId(text: string): boolean {
  return /^\d{12}$/.test(text);
}

export function formatFunctionArn(arn: FunctionArn): string {
  const { partition = 'aws', region, accountId, functionName, qualifier } = arn;
  const unqualified = `arn:${partition}:lambda:${region}:${accountId}:function:${functionName}`;
  return qualifier === undefined ? unqualified : `${unqualified}:${qualifier}`;
}

export function parseFunctionReference(text: string): FunctionReference | MalformedReference {
  if (text.length === 0 || text.length > limits.functionReferenceLength) {
    return { kind: 'malformed', constraint: 'length' };
  }
  // Most calls have only a name, and the full pattern takes ten times as long.
  if (isFunctionName(text)) return { kind: 'reference', form: 'name', functionName: text };
  const groups = reference.exec(text)?.groups;
  if (groups?.functionName === undefined) return { kind: 'malformed', constraint: 'pattern' };
  const { partition, region, accountId, word, functionName, qualifier } = groups;
  const bare =
    partition === undefined && region === undefined && accountId === undefined && word === undefined;
  return {
    kind: 'reference',
    form: partition !== undefined ? 'arn' : bare ? 'name' : 'partial-arn',
    functionName,
    ...(partition !== undefined && { partition }),
    ...(region !== undefined && { region }),
    ...(accountId !== undefined && { accountId }),
    ...(qualifier !== undefined && { qualifier }),
  };
}
