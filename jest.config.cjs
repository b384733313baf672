// Testcontainers' reaper is an image of a registry, which may be out of reach; the suites clean up themselves.
process.env.TESTCONTAINERS_RYUK_DISABLED ??= 'true';

/** `images` holds tests of the init, whose binary is made in a container where this machine has no compiler. */
const engineFolders = [
  'contract',
  'docker',
  'hostile',
  'images',
  'journeys',
  'laboratory/engine',
  'projects',
];

/** What is tested in a browser. */
const browserFolder = 'laboratory/browser';

const suppressedError = '<rootDir>/test/support/jest/suppressed-error.cjs';

const project = (displayName, more) => ({
  displayName,
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  setupFiles: [suppressedError],
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2023', parser: { syntax: 'typescript' } } }] },
  ...more,
});

/**
 * Lines of each folder that unit tests and tests of the command must run, in percent. What only engine suites run is
 * not counted. A folder may rise, and then its floor with it.
 */
const floors = {
  'src/execution': 95,
  'src/functions/registry': 95,
  'src/runtime-api': 95,
  'src/aws': 98,
  'src/cli': 86,
  'src/control-plane': 63,
  'src/engine': 69,
  'src/functions/build': 84,
  'src/functions/store': 98,
  'src/functions/template': 95,
  'src/hosting': 87,
  'src/laboratory': 93,
  'src/lib': 93,
  'src/operator-api': 71,
  'src/runtimes': 100,
  'src/settings': 100,
  'src/telemetry': 97,
};

/** `npm test` runs units with a worker per core and engine suites one after another: they share an engine. */
module.exports = {
  // A deadline for what never ends, not for what is slow: suites share loaded machines.
  testTimeout: 60_000,
  // Counts statements that run; the other provider counts comments and types as run.
  coverageProvider: 'babel',
  collectCoverageFrom: ['src/**/*.ts'],
  coverageReporters: ['json-summary'],
  coverageThreshold: Object.fromEntries(
    Object.entries(floors).map(([folder, lines]) => [`./${folder}/`, { lines }]),
  ),
  projects: [
    project('units', {
      setupFiles: [suppressedError, '<rootDir>/test/support/jest/no-network.cjs'],
      testMatch: ['**/*.test.ts'],
      testPathIgnorePatterns: [
        '/node_modules/',
        ...[...engineFolders, browserFolder, 'cli'].map((each) => `/test/${each}/`),
      ],
    }),
    project('cli', {
      testMatch: ['<rootDir>/test/cli/**/*.test.ts'],
      globalSetup: '<rootDir>/test/support/jest/built.cjs',
    }),
    project('engine', {
      testMatch: engineFolders.map((each) => `<rootDir>/test/${each}/**/*.test.ts`),
      globalSetup: '<rootDir>/test/support/jest/built.cjs',
    }),
    project('browser', {
      testMatch: [`<rootDir>/test/${browserFolder}/**/*.test.ts`],
      globalSetup: '<rootDir>/test/support/jest/chromium.cjs',
    }),
  ],
};
