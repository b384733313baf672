import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { dockerConfigFolder } from '../engine/addresses';
import { systemClock } from '../lib/clock';
import { sha256 } from '../lib/hash';
import type { FunctionRow } from '../operator-api/contract';
import type { Settings } from '../settings';
import { defaultPort, endpointOf } from '../settings/project';
import type { Flags } from '../settings/resolver';
import { settingSources } from '../settings/sources';
import { Emulator } from './client/emulator';
import { findRunning, recordRunning } from './client/running';
import { Compose, findCompose } from './host/compose';
import { emulatorTag, ensureEmulatorImage } from './host/emulator-image';
import { checkFolder, choosePort, emulatorContainer, projectName } from './host/project';
import { waitUntilReady } from './host/readiness';
import { functionTable } from './list';
import { type Host, prepareEngine, prepareImages } from './prepare';
import { Problem } from './problem';
import { Progress } from './terminal/progress';

export interface UpOptions {
  /** The Compose project; by default the template folder's own. */
  readonly name?: string;
  /** Whether a project of this name that belongs to another folder is taken over. */
  readonly replace?: boolean;
}

/** Installs and starts everything that a running lambdock needs; reuses what exists. */
export async function up(flags: Flags, options: UpOptions): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'lambdock-up-'));
  try {
    return await upWith(flags, options, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @param folder for files that Compose needs meanwhile */
async function upWith(flags: Flags, { name, replace = false }: UpOptions, folder: string): Promise<number> {
  const progress = new Progress(process.stderr, systemClock);
  const prepared = await prepareEngine(flags, progress);
  const { engine } = prepared;
  checkKeys(prepared.settings);
  const project = name ?? projectName(prepared.settings);
  const before = await emulatorContainer(engine, project);
  if (!replace) checkFolder(project, before, prepared.settings);
  // Checked first: building images takes minutes, and a container that cannot start would be left.
  const { port, reason } = await choosePort(prepared.settings, engine, before);
  if (reason !== undefined) process.stderr.write(`${reason}\n`);
  const endpoint = endpointOf(prepared.settings.host, port);
  const settings = { ...prepared.settings, port, endpoint };
  const host = { settings, engine };
  const base = await prepareImages(host, progress);
  const { compose } = await progress.task(
    'Emulator image',
    async (report) => {
      const tag = await emulatorTag(base);
      const variables = await composeVariables(host, { base, tag }, flags);
      const overrides = await debugOverride(settings, folder);
      const found = new Compose(await findCompose(report), project, variables, overrides);
      const exists = await ensureEmulatorImage(engine, found, tag, settings.caFile, report);
      return { compose: found, exists };
    },
    ({ exists }) => (exists ? 'up to date' : 'built'),
  );
  const functions = await progress.task(
    'lambdock',
    async (report) => {
      report('starting the container');
      await compose.run(['up', '--detach', '--no-build']);
      const ready = await waitUntilReady(
        {
          connection: settings,
          clock: systemClock,
          alive: async () => (await emulatorContainer(engine, project))?.running ?? false,
          output: async () => (await compose.try(['logs', '--no-color', '--tail=20'])).stdout,
        },
        report,
      );
      recordRunning(settings.projectFolder, { endpoint, instance: project });
      const isNew = before === undefined || before.id !== (await emulatorContainer(engine, project))?.id;
      // A new container has just read the template.
      if (isNew || !before.running || !settings.watch) return ready;
      report('deploying changes');
      return (await new Emulator(settings).reload()).functions;
    },
    () => 'ready',
  );
  process.stdout.write(invitation(settings, functions));
  return functions.some(({ state }) => state === 'failed') ? 1 : 0;
}

/** Publishes the ports of debuggers: a list in a Compose file cannot come from a variable. */
async function debugOverride(settings: Settings, folder: string): Promise<readonly string[]> {
  const { debugPorts } = await import('./start.js');
  const ports = debugPorts(settings).map((port) => `${settings.debugHost}:${port}:${port}`);
  if (ports.length === 0) return [];
  const file = join(folder, 'debug.yml');
  // JSON is YAML.
  await writeFile(file, JSON.stringify({ services: { lambdock: { ports } } }));
  return [file];
}

/** Without keys `up` itself could not ask whether the functions are ready. */
function checkKeys({ auth, keys }: Settings): void {
  if (auth === 'any' || keys.size > 0) return;
  throw new Problem(
    'auth is "required", but no keys are set, so every request would be refused. Set keys: "ID:SECRET" in lambdock.yaml, or pass --keys ID:SECRET.',
  );
}

/** Flags whose files and lists are read on the host, since the container does not see them. */
const passedAsJson: ReadonlySet<string> = new Set([
  'parameter',
  'parameterOverrides',
  'envVars',
  'containerEnvVars',
]);

async function composeVariables(
  { settings, engine }: Host,
  image: { readonly base: string; readonly tag: string },
  flags: Flags,
): Promise<Record<string, string>> {
  const { templateFile, parameters, variables, caFile } = settings;
  const dockerConfig = join(dockerConfigFolder(settings), 'config.json');
  // Only flags: Compose reads the shell's variables itself.
  const given = Object.values(settingSources).flatMap(({ flag, variables: [variable] }) =>
    flags[flag] === undefined || passedAsJson.has(flag) ? [] : [[variable, String(flags[flag])] as const],
  );
  return {
    ...Object.fromEntries(given),
    DOCKER_HOST: `unix://${engine.socketPath}`,
    LAMBDOCK_TAG: image.tag,
    LAMBDOCK_BASE: image.base,
    ...(Object.keys(parameters).length > 0 && { LAMBDOCK_PARAMETERS: JSON.stringify(parameters) }),
    ...(Object.keys(variables).length > 0 && { LAMBDOCK_ENV_VARS: JSON.stringify(variables) }),
    LAMBDOCK_PORT: String(settings.port),
    LAMBDOCK_BIND: settings.host,
    // Docker Desktop and its like run the engine in a VM, where the socket has its default path.
    LAMBDOCK_DOCKER_SOCKET: process.platform === 'linux' ? engine.socketPath : '/var/run/docker.sock',
    LAMBDOCK_PROJECT: dirname(templateFile),
    LAMBDOCK_TEMPLATE_NAME: basename(templateFile),
    LAMBDOCK_FOLDER: settings.projectFolder,
    LAMBDOCK_TEMPLATE_HASH: await templateHash(settings),
    ...(caFile === undefined ? {} : { LAMBDOCK_CA_FILE: caFile }),
    ...(existsSync(dockerConfig) && { LAMBDOCK_DOCKER_CONFIG: dockerConfig }),
  };
}

/** Changes with the parts of the template that need a new container: all of it where changes are not deployed. */
async function templateHash({ templateFile, templateSettings, watch }: Settings): Promise<string> {
  const lasting = watch ? JSON.stringify(templateSettings) : await readFile(templateFile);
  return sha256(lasting).slice(0, 12);
}

function invitation(settings: Settings, functions: readonly FunctionRow[]): string {
  const { endpoint, auth } = settings;
  const lines = ['', `lambdock is running at ${endpoint}`, '', functionTable(functions)];
  const example = functions.find(({ state }) => state === 'ready')?.name;
  if (example !== undefined) {
    lines.push(
      'Invoke a function:',
      // An unsigned request is refused where signatures are required.
      ...(auth === 'any' ? [`  curl -d '{}' ${endpoint}/2015-03-31/functions/${example}/invocations`] : []),
      `  npx lambdock invoke ${example} -p '{}' --tail${where(settings)}`,
      '',
    );
  }
  return lines.join('\n');
}

/** Commands find the lambdock of the folder they run in; in another folder they need the port. */
function where({ endpoint, port }: Settings): string {
  return findRunning(process.cwd())?.endpoint === endpoint || port === defaultPort ? '' : ` --port ${port}`;
}
