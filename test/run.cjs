// `npm test`: everything that has to hold, from a machine with nothing but Node. Arguments go to jest, so that
// `npm test -- test/cli` does the set-up and then runs those suites alone.
const { spawnSync } = require('node:child_process');
const { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

const root = join(__dirname, '..');
const results = mkdtempSync(join(tmpdir(), 'lambdock-test-'));
const jestArguments = process.argv.slice(2);
let passed = 0;
let failed = 0;

const seconds = (startedMs) => `${((performance.now() - startedMs) / 1_000).toFixed(1)} s`;

function run(title, command, ...words) {
  const startedMs = performance.now();
  console.log(`\n=== ${title}`);
  const { status } = spawnSync(command, words, { cwd: root, stdio: 'inherit' });
  console.log(`=== ${title}: ${status === 0 ? 'passed' : 'FAILED'} (${seconds(startedMs)})`);
  return status === 0;
}

function count(isPassed) {
  if (isPassed) passed += 1;
  else failed += 1;
  return isPassed;
}

/** A step that stands for one test. */
const check = (title, command, ...words) => count(run(title, command, ...words));

/** Runs jest's projects of these names, and adds what it counted. */
function jest(projects, ...words) {
  const outputFile = join(results, `${projects.join('-')}.json`);
  const isPassed = run(
    `jest: ${projects.join(', ')}`,
    'node',
    'node_modules/jest/bin/jest.js',
    '--ci',
    '--json',
    `--outputFile=${outputFile}`,
    '--passWithNoTests',
    ...words,
    ...jestArguments,
    '--selectProjects',
    ...projects,
  );
  if (!existsSync(outputFile)) return count(false);
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(outputFile));
  passed += numPassedTests;
  failed += numFailedTests + numRuntimeErrorTestSuites;
  // Jest may refuse what it counted as passed, a worker that died for example.
  if (!isPassed && numFailedTests + numRuntimeErrorTestSuites === 0) count(false);
  return isPassed;
}

function end() {
  rmSync(results, { recursive: true, force: true });
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
}

/** The init's binary that `prepare` has made last: what ships, so that no compiler is needed here. */
function initBinary(dataFolder) {
  const folder = join(dataFolder, 'init');
  const files = readdirSync(folder).map((each) => join(folder, each, 'init'));
  return files.filter(existsSync).sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0];
}

/** Containers that lambdock or testcontainers made, with their labels. */
async function ourContainers() {
  const { EngineClient } = require('../dist/cli/host/engine-client.js');
  const { findEngine } = require('../dist/cli/host/engine.js');
  const { engineHints } = require('../dist/engine/addresses.js');
  const { resolveSettings } = require('../dist/settings.js');
  const engine = await findEngine(engineHints(resolveSettings({})));
  if (!(engine instanceof EngineClient)) return [];
  const labels = ['lambdock.instance', 'lambdock.template', 'org.testcontainers'];
  const lists = await Promise.all(labels.map((label) => engine.containers([label])));
  return lists.flat();
}

async function main() {
  const isBuilt =
    run('dependencies', 'npm', 'run', '-s', 'deps') && run('build', 'npm', 'run', '-s', 'build');
  if (!isBuilt) {
    // Nothing else says anything without these.
    count(false);
    return end();
  }
  for (const part of ['types', 'format', 'imports', 'unused']) {
    check(`lint: ${part}`, 'npm', 'run', '-s', `lint:${part}`);
  }
  // Part of a run covers part of the code: floors hold for whole runs alone.
  const coverage = ['--coverage', `--coverageDirectory=${join(results, 'coverage')}`];
  jest(['units', 'cli'], ...(jestArguments.length === 0 ? coverage : []));
  const template = join('test', 'fixtures', 'every-runtime.yaml');
  if (check('engine and images', 'node', 'dist/main.js', 'prepare', '--template', template)) {
    process.env.LAMBDOCK_TEST_INIT ??= initBinary(join(root, 'test', 'fixtures', '.lambdock'));
    const before = new Set((await ourContainers()).map(({ id }) => id));
    // One after another: Docker 20.10 may block for good where many networks and containers go at once.
    jest(['engine', 'browser'], '--runInBand');
    const left = (await ourContainers()).filter(({ id }) => !before.has(id));
    count(left.length === 0);
    console.log(`=== containers left behind: ${left.length === 0 ? 'none' : left.length}`);
    for (const { id, running, labels } of left) console.log(id, running ? 'runs' : 'ended', labels);
  } else {
    console.log('=== jest: engine, browser: not run, since there is no engine or an image could not be made');
  }
  end();
}

main().catch((error) => {
  console.error(error);
  count(false);
  end();
});
