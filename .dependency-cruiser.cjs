/**
 * The import table: which folder of src may import which.
 * A folder that is not in a row's list may not be imported from it; tests/conventions holds the README's table against this one.
 */
const table = {
  lib: [],
  aws: ['lib'],
  'engine/engine.ts': ['lib'],
  'engine/init': ['engine/engine.ts', 'lib'],
  'engine/docker': ['engine/init', 'engine/engine.ts', 'lib'],
  telemetry: ['aws', 'lib'],
  functions: ['aws', 'lib'],
  execution: ['functions', 'engine/engine.ts', 'telemetry', 'aws', 'lib'],
  'runtime-api': ['execution', 'functions', 'telemetry', 'aws', 'lib'],
  'control-plane': ['execution', 'functions', 'telemetry', 'aws', 'lib'],
  cli: ['settings.ts', 'aws', 'lib'],
  'settings.ts': ['functions', 'aws', 'lib'],
  'main.ts': ['cli'],
};

const place = (folder) => (folder.endsWith('.ts') ? `^src/${folder}$` : `^src/${folder}/`);
const escaped = (path) => path.replaceAll('.', '\\.');

/** `cli/start.ts` alone may import the composition root, `cli/deploy.ts` how folders become zips. */
const exceptions = { cli: '^src/cli/(start|deploy)\\.ts$' };

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-orphans', severity: 'error', from: { orphan: true, pathNot: '^src/main\\.ts$' }, to: {} },
    ...Object.entries(table).map(([folder, allowed]) => ({
      name: `imports-of-${folder.replaceAll('/', '-')}`,
      severity: 'error',
      from: { path: escaped(place(folder)), ...(exceptions[folder] ? { pathNot: exceptions[folder] } : {}) },
      to: { path: '^src/', pathNot: [folder, ...allowed].map((each) => escaped(place(each))) },
    })),
    {
      name: 'engine-packages-stay-in-the-adapter',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/engine/docker/' },
      to: { path: 'node_modules/(dockerode|docker-modem|tar-stream)/' },
    },
    {
      name: 'adapter-is-chosen-in-app',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(app\\.ts$|engine/docker/)' },
      to: { path: '^src/engine/docker/' },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
