/**
 * The import table: which folder or file of src may import which.
 * test/conventions compares it with the table in docs/architecture.md.
 */
const table = {
  lib: [],
  aws: ['lib'],
  runtimes: ['aws', 'lib'],
  'engine/engine.ts': ['aws', 'lib'],
  'engine/addresses.ts': [],
  'engine/init': ['engine/engine.ts', 'lib'],
  'engine/docker': ['engine/init', 'engine/engine.ts', 'engine/addresses.ts', 'runtimes', 'aws', 'lib'],
  'engine/choose-engine.ts': ['engine/docker', 'engine/engine.ts', 'engine/addresses.ts', 'lib'],
  telemetry: ['aws', 'lib'],
  functions: ['runtimes', 'aws', 'lib'],
  execution: ['functions', 'engine/engine.ts', 'runtimes', 'telemetry', 'aws', 'lib'],
  'runtime-api': ['execution', 'functions', 'telemetry', 'aws', 'lib'],
  hosting: ['execution', 'functions', 'operator-api/contract.ts', 'runtimes', 'telemetry', 'aws', 'lib'],
  'control-plane': ['hosting', 'execution', 'functions', 'runtimes', 'telemetry', 'aws', 'lib'],
  'operator-api/contract.ts': [],
  'laboratory/page': ['operator-api/contract.ts', 'lib/statistics.ts'],
  laboratory: ['operator-api/contract.ts', 'execution', 'functions', 'telemetry', 'lib'],
  'operator-api': [
    'operator-api/contract.ts',
    'laboratory',
    'control-plane',
    'execution',
    'functions',
    'telemetry',
    'lib',
  ],
  cli: [
    'settings.ts',
    'settings',
    'engine/addresses.ts',
    'operator-api/contract.ts',
    'runtimes',
    'aws',
    'lib',
  ],
  'settings.ts': ['settings', 'functions', 'aws', 'lib'],
  settings: ['functions', 'lib'],
  'main.ts': ['cli'],
  'lambdock.ts': ['app.ts', 'operator-api/contract.ts', 'settings.ts', 'settings'],
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
      name: 'adapter-is-chosen-in-choose-engine',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/engine/(choose-engine\\.ts$|docker/)' },
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
