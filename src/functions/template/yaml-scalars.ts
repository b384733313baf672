/** A scalar without quotes, as YAML 1.1 reads it. */
export interface PlainScalar {
  readonly type: 'string' | 'number' | 'boolean' | 'empty';
  /** Text that CloudFormation converts it to; undefined if empty. */
  readonly text: string | undefined;
  /** Whether the text is an unexpected number, such as 83 for `0123`. */
  readonly isSurprising?: true;
}

const empty = /^(?:~|null|Null|NULL|)$/;
const truths = /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const untruths = /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/;
const decimal = /^[-+]?(?:0|[1-9][0-9_]*)$/;
const otherBases = /^([-+]?)(0b[01_]+|0[0-7_]+|0x[0-9a-fA-F_]+)$/;
const sixties = /^([-+]?)([1-9][0-9_]*(?::[0-5]?[0-9])+)$/;
const fraction = /^[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+][0-9]+)?$/;

/**
 * CloudFormation and PyYAML read YAML 1.1 and convert the result to text: `yes` becomes `true`, `1.10` becomes `1.1`,
 * `0123` is octal. Dates stay as written.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
 */
export function plainScalar(source: string): PlainScalar {
  if (empty.test(source)) return { type: 'empty', text: undefined };
  if (truths.test(source)) return { type: 'boolean', text: 'true' };
  if (untruths.test(source)) return { type: 'boolean', text: 'false' };
  if (decimal.test(source)) return number(BigInt(bare(source)), source.includes('_'));
  const [, sign, digits] = otherBases.exec(source) ?? [];
  if (digits !== undefined) {
    const value = BigInt(bare(digits).replace(/^0(?=[0-7])/, '0o'));
    return number(sign === '-' ? -value : value, true);
  }
  const [, side, parts] = sixties.exec(source) ?? [];
  if (parts !== undefined) {
    const value = bare(parts)
      .split(':')
      .reduce((sum, part) => sum * 60n + BigInt(part), 0n);
    return number(side === '-' ? -value : value, true);
  }
  if (fraction.test(source)) {
    const value = Number(bare(source));
    return { type: 'number', text: Number.isInteger(value) && value < 1e16 ? `${value}.0` : `${value}` };
  }
  return { type: 'string', text: source };
}

function number(value: bigint, isSurprising: boolean): PlainScalar {
  return { type: 'number', text: `${value}`, ...(isSurprising && { isSurprising }) };
}

function bare(digits: string): string {
  return digits.replaceAll('_', '').replace(/^\+/, '');
}
