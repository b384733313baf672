import { formatFunctionUrl, functionUrlId } from '../../../aws/function-url';

interface QualifiedFunction {
  readonly arn: string;
  /** The alias that is referred to. */
  readonly alias: string | undefined;
  /** The alias that the function has. */
  readonly own: string | undefined;
  readonly region: string;
  readonly port: number;
}

/** The value of a reference to an alias, version or URL of a function. `attribute` is `Ref` or an attribute's name. */
export function qualifiedValue(
  type: string,
  attribute: string,
  { arn, alias, own, region, port }: QualifiedFunction,
): string {
  if (type === 'AWS::Lambda::Alias') return alias === undefined ? arn : `${arn}:${alias}`;
  if (type === 'AWS::Lambda::Version') {
    const version = own === undefined ? '$LATEST' : '1';
    return attribute === 'Version' ? version : `${arn}:${version}`;
  }
  if (attribute !== 'FunctionUrl') return arn;
  return formatFunctionUrl(functionUrlId(own === undefined ? arn : `${arn}:${own}`), region, port);
}
