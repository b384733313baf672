/**
 * The first `count` blocks of an IPv4 or IPv6 block, as `Fn::Cidr` returns them. Undefined if there are fewer.
 * @param hostBits bits of each block; by default 8 for IPv4 and 64 for IPv6
 */
export function cidrBlocks(block: string, count: number, hostBits?: number): readonly string[] | undefined {
  const [address = '', prefix = ''] = block.split('/');
  const isSix = address.includes(':');
  const width = isSix ? 128 : 32;
  const start = isSix ? sixValue(address) : fourValue(address);
  const bits = hostBits ?? (isSix ? 64 : 8);
  const room = width - Number(prefix) - bits;
  if (start === undefined || !/^\d+$/.test(prefix) || !(count >= 1 && count <= 256)) return undefined;
  if (room < 0 || 2 ** room < count) return undefined;
  const first = (start >> BigInt(width - Number(prefix))) << BigInt(width - Number(prefix));
  return Array.from({ length: count }, (_, index) => {
    const value = first + (BigInt(index) << BigInt(bits));
    return `${isSix ? sixText(value) : fourText(value)}/${width - bits}`;
  });
}

function fourValue(address: string): bigint | undefined {
  if (!/^\d+(\.\d+){3}$/.test(address)) return undefined;
  return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

function fourText(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
}

function sixValue(address: string): bigint | undefined {
  const [head = '', tail, more] = address.split('::');
  if (more !== undefined) return undefined;
  const groups = (text = '') => (text === '' ? [] : text.split(':'));
  const missing = tail === undefined ? 0 : 8 - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...Array<string>(Math.max(0, missing)).fill('0'), ...groups(tail)];
  if (all.length !== 8 || all.some((each) => !/^[0-9a-fA-F]{1,4}$/.test(each))) return undefined;
  return all.reduce((sum, each) => sum * 65_536n + BigInt(`0x${each}`), 0n);
}

function sixText(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) => (value >> BigInt(112 - 16 * index)) & 0xffffn);
  return groups
    .map((each) => each.toString(16))
    .join(':')
    .replace(/(^|:)0(:0)+$/, '::');
}
