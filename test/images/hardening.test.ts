import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The init's binary that `lambdock prepare` has made, as an ELF file: https://refspecs.linuxfoundation.org/elf/elf.pdf */

const folder = resolve(__dirname, '../fixtures/.lambdock/init');

function shippedInit(): Buffer {
  const named = process.env.LAMBDOCK_TEST_INIT;
  if (named !== undefined) return readFileSync(named);
  const files = readdirSync(folder).map((each) => join(folder, each, 'init'));
  const [newest] = files.filter(existsSync).sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  if (newest === undefined) throw new Error(`${folder} has no init. Run "npx lambdock prepare" first.`);
  return readFileSync(newest);
}

const positionIndependent = 3;
const loadable = 1;
const interpreter = 3;
const stack = 0x6474e551;
const readOnlyAfterRelocation = 0x6474e552;
const writable = 2;
const executable = 1;

/** Types and flags of the program headers of a 64-bit, little-endian file. */
function segments(elf: Buffer): readonly { readonly type: number; readonly flags: number }[] {
  const start = Number(elf.readBigUInt64LE(32));
  const size = elf.readUInt16LE(54);
  return Array.from({ length: elf.readUInt16LE(56) }, (_, index) => ({
    type: elf.readUInt32LE(start + index * size),
    flags: elf.readUInt32LE(start + index * size + 4),
  }));
}

test('is static and position-independent', () => {
  const elf = shippedInit();
  expect(elf.readUInt16LE(16)).toBe(positionIndependent);
  expect(segments(elf).map(({ type }) => type)).not.toContain(interpreter);
});

test('has no segment that is writable and executable, and its relocations become read-only', () => {
  const all = segments(shippedInit());
  const isBoth = ({ flags }: { readonly flags: number }) =>
    (flags & writable) !== 0 && (flags & executable) !== 0;
  expect(all.filter(({ type }) => type === loadable)).not.toHaveLength(0);
  expect(all.filter(isBoth)).toEqual([]);
  expect(all.map(({ type }) => type)).toEqual(expect.arrayContaining([stack, readOnlyAfterRelocation]));
});

test('checks stack canaries', () => {
  expect(shippedInit().includes('__stack_chk_fail')).toBe(true);
});

test('is built with warnings as errors, and with the flags for stack and buffers', () => {
  const makefile = readFileSync(resolve(__dirname, '../../images/init/Makefile'), 'utf8');
  for (const flag of [
    '-Werror',
    '-Wconversion',
    '-Wshadow',
    '-fstack-protector-strong',
    '-D_FORTIFY_SOURCE=2',
  ]) {
    expect(makefile).toContain(flag);
  }
});
