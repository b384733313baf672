import { cidrBlocks } from '../../../../../src/functions/template/sam/intrinsics/cidr';

test.each([
  ['10.0.0.0/16', 3, 8, ['10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24']],
  ['192.168.0.0/24', 2, 5, ['192.168.0.0/27', '192.168.0.32/27']],
  ['10.1.2.3/16', 1, undefined, ['10.1.0.0/24']],
  ['2001:db8::/56', 2, 64, ['2001:db8::/64', '2001:db8:0:1::/64']],
])('%s has %i blocks of %s bits', (block, count, bits, blocks) => {
  expect(cidrBlocks(block, count, bits)).toEqual(blocks);
});

test.each([
  ['10.0.0.0/24', 5, 6],
  ['10.0.0.0', 1, 8],
  ['vpc', 1, 8],
  ['10.0.0.0/16', 0, 8],
  ['1::2::3/16', 1, 64],
])('%s has no %i blocks of %i bits', (block, count, bits) => {
  expect(cidrBlocks(block, count, bits)).toBeUndefined();
});
