// Bundles the page into dist/page: one script, one style sheet, and the licences of bundled packages.
const { buildSync } = require('esbuild');
const { readdirSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..', '..', '..');
const out = join(root, 'dist', 'page');

const { metafile } = buildSync({
  absWorkingDir: root,
  entryPoints: [
    { in: 'src/laboratory/page/main.ts', out: 'page' },
    { in: 'src/laboratory/page/page.css', out: 'page' },
  ],
  outdir: out,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  metafile: true,
  logLevel: 'warning',
});
const packages = new Set(
  Object.keys(metafile.inputs).flatMap(
    (file) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.slice(1) ?? [],
  ),
);
const licenses = [...packages].sort().map((name) => {
  const folder = join(root, 'node_modules', name);
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  return `${name}\n\n${file === undefined ? '' : readFileSync(join(folder, file), 'utf8')}`;
});
writeFileSync(join(out, 'licenses.txt'), licenses.join('\n\n'));
