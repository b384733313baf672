import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const root = join(__dirname, '..', '..');

const ignored = /(^|\/)(\.[^/]*|node_modules|dist)(\/|$)/;

const files = ['src', 'test', 'images', 'docs'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => !ignored.test(path)),
);

const text = (path: string) => readFileSync(join(root, path), 'utf8');
const lines = (path: string) => text(path).split('\n').length - 1;

/** Programs and projects that tests run have the layout of their kind. */
const testProjects = /^test\/(fixtures|projects\/[^/]+)\//;

const sources = files.filter((path) => /\.(ts|cjs|c|h)$/.test(path) && !testProjects.test(path));

test('no source file has more than 400 lines', () => {
  expect(sources.map((path) => [path, lines(path)] as const).filter(([, count]) => count > 400)).toEqual([]);
});

test('half of the files in src have fewer than 120 lines', () => {
  const counts = sources.filter((path) => path.startsWith('src/')).map(lines);
  expect(counts.toSorted((a, b) => a - b)[Math.floor(counts.length / 2)]).toBeLessThan(120);
});

test('no folder of src and test has more than 25 files directly in it', () => {
  const counts = new Map<string, number>();
  for (const path of files.filter((each) => /^(src|test)\//.test(each) && !testProjects.test(each))) {
    counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
  }
  expect([...counts].filter(([, count]) => count > 25)).toEqual([]);
});

test('no text of src, images, README.md and docs has a word that is hard to read', () => {
  const words = /\b(told|whoever|nobody|somebody|is none|who bears)\b/i;
  const found = [...files, 'README.md']
    .filter((path) => !path.startsWith('test/') && !/\.(png|svg|zip|whl)$/.test(path))
    .flatMap((path) =>
      text(path)
        .split('\n')
        .map((line, index) => ({ line, place: `${path}:${index + 1}` }))
        .filter(({ line }) => words.test(line)),
    );
  expect(found).toEqual([]);
});

test('time is passed in, but for the edges and what has to be the time of the machine', () => {
  const takesTime = files.filter(
    (path) => path.startsWith('src/') && !path.startsWith('src/cli/') && /\bsystemClock\b/.test(text(path)),
  );
  expect(takesTime.sort()).toEqual([
    'src/app.ts',
    'src/lib/clock.ts',
    'src/lib/database.ts',
    'src/runtime-api/fast-exchange.ts',
  ]);
});

test('only src/runtimes and the images know families of runtimes by name', () => {
  const family = /(startsWith\(|=== |\/\^\(?)'?(python|nodejs|java|ruby|dotnet|provided)(?![\w-])/;
  const found = files
    .filter((path) => /^src\/(?!runtimes\/|engine\/docker\/images\/|laboratory\/page\/).*\.ts$/.test(path))
    .filter((path) =>
      text(path)
        .split('\n')
        .some((line) => family.test(line)),
    );
  expect(found).toEqual([]);
});

test('every folder of src has a floor of coverage', () => {
  const { coverageThreshold } = require(join(root, 'jest.config.cjs')) as {
    coverageThreshold: Readonly<Record<string, unknown>>;
  };
  const held = Object.keys(coverageThreshold);
  const folders = new Set(
    files.flatMap((path) => /^src\/(?:functions\/)?[\w-]+(?=\/)/.exec(path)?.[0] ?? []),
  );
  folders.delete('src/functions');
  expect([...folders].filter((folder) => !held.includes(`./${folder}/`))).toEqual([]);
});
