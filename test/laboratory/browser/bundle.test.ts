import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const folder = join(__dirname, '..', '..', '..', 'dist', 'page');

test('the page takes less than 300 kB, compressed', () => {
  const sizes = readdirSync(folder).map((name) => gzipSync(readFileSync(join(folder, name))).length);
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(300_000);
});

test('the licences of what is in it come with it', () => {
  const licenses = readFileSync(join(folder, 'licenses.txt'), 'utf8');
  for (const name of ['preact', 'uplot', 'd3-scale', 'd3-time']) expect(licenses).toContain(`${name}\n\n`);
  expect(licenses.match(/Permission (is hereby granted|to use, copy)/g)?.length).toBeGreaterThan(5);
});

test('no part of it needs markup from text', () => {
  const script = readFileSync(join(folder, 'page.js'), 'utf8');
  expect(script).not.toMatch(/insertAdjacentHTML|document\.write|createContextualFragment/);
});
