import { isDebianLike } from '../../../src/cli/host/engine-install';

test.each([
  ['ID=debian\n', true],
  ['NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\n', true],
  ['ID=linuxmint\nID_LIKE="ubuntu debian"\n', true],
  ['ID="fedora"\nNAME="not debian"\n', false],
  ['ID=alpine\n', false],
  ['', false],
])('%j: packages of Debian can be installed: %s', (release, is) => {
  expect(isDebianLike(release)).toBe(is);
});
