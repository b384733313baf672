import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The init's sources, without running them. */

const folder = resolve(__dirname, '../../images/init');
const read = (name: string) => readFileSync(join(folder, name), 'utf8');

interface FrameRow {
  readonly type: string;
  readonly name: string;
  readonly fields: readonly string[];
}

const table: {
  readonly version: number;
  readonly commands: readonly FrameRow[];
  readonly events: readonly FrameRow[];
} = JSON.parse(read('protocol.json'));

/** Rows of the tables under a heading of PROTOCOL.md. */
function documented(heading: string): FrameRow[] {
  const section =
    read('PROTOCOL.md')
      .split(/^#+ /m)
      .find((each) => each.startsWith(heading)) ?? '';
  return [...section.matchAll(/^\| `(\w)` \| (\w+) \|([^|]*)\|/gm)].map(
    ([, type = '', name = '', fields = '']) => ({
      type,
      name,
      fields: fields.trim() === '' ? [] : fields.trim().split(', '),
    }),
  );
}

test('the frames of C and TypeScript are generated from the current table', () => {
  execFileSync(process.execPath, [join(folder, 'generate.cjs'), '--check']);
});

test('PROTOCOL.md has the frames of the table', () => {
  expect(documented('Commands')).toEqual(table.commands);
  expect(documented('Events')).toEqual(table.events);
  expect(read('PROTOCOL.md')).toContain(`\`protocol\` is ${table.version}.`);
});

/** Names of our own headers that a file includes. */
const includes = (name: string) =>
  [...read(name).matchAll(/^#include "(\w+)\.h"$/gm)].map(([, each = '']) => each);

const modules = readdirSync(folder)
  .filter((each) => each.endsWith('.c') && each !== 'main.c')
  .map((each) => each.slice(0, -2));

test('each module has its header, which it includes first', () => {
  expect(modules.filter((each) => includes(`${each}.c`)[0] !== each)).toEqual([]);
  const headers = readdirSync(folder).filter((each) => each.endsWith('.h'));
  expect(headers.map((each) => each.slice(0, -2)).sort()).toEqual([...modules].sort());
});

test('no module includes itself through others', () => {
  const circles: string[] = [];
  const visit = (module: string, path: readonly string[]) => {
    if (path.includes(module)) circles.push([...path, module].join(' > '));
    else
      for (const each of new Set([...includes(`${module}.c`), ...includes(`${module}.h`)]))
        if (each !== module) visit(each, [...path, module]);
  };
  for (const each of modules) visit(each, []);
  expect(circles).toEqual([]);
});
