import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { systemClock } from '../lib/clock';
import { sha256 } from '../lib/hash';
import type { FunctionRow } from '../operator-api/contract';
import { type Flags, type Settings, settingSources } from '../settings';
import { Emulator } from './emulator';
import { Compose, findCompose } from './host/compose';
import { buildEmulatorImage, emulatorTag } from './host/emulator-image';
import type { EngineClient } from './host/engine-client';
import { isPortTaken } from './host/port';
import { waitUntilReady } from './host/readiness';
import { functionTable } from './list';
import { type Host, prepareEngine, prepareImages } from './prepare';
import { Problem } from './problem';
import { Progress } from './terminal/progress';

/** From a machine with nothing to a running lambdock; what is there already is not made again. */
export async function up(flags: Flags, project: string): Promise<number> {
  const progress = new Progress(process.stderr, systemClock);
  const host = await prepareEngine(flags, progress);
  const { settings, engine } = host;
  checkKeys(settings);
  await checkPort(settings, () => isRunning(engine, project));
  const base = await prepareImages(host, progress);
  const { compose } = await progress.task(
    'Emulator image',
    async (report) => {
      const tag = await emulatorTag(base);
      const variables = await composeVariables(host, { base, tag }, flags);
      const found = new Compose(await findCompose(report), project, variables);
      const isThere = await engine.hasImage(`lambdock/emulator:${tag}`);
      if (!isThere) await buildEmulatorImage(found, settings.caFile, report);
      return { compose: found, isThere };
    },
    ({ isThere }) => (isThere ? 'there already' : 'built'),
  );
  const functions = await progress.task(
    'lambdock',
    async (report) => {
      const before = await runningContainer(engine, project);
      report('starting its container');
      await compose.run(['up', '--detach', '--no-build']);
      const ready = await waitUntilReady(
        {
          connection: settings,
          clock: systemClock,
          alive: () => isRunning(engine, project),
          output: async () => (await compose.try(['logs', '--no-color', '--tail=20'])).stdout,
        },
        report,
      );
      const isNew = before === undefined || before !== (await runningContainer(engine, project));
      // One that was started just now has read the template as it is.
      if (isNew || !settings.watch) return ready;
      report('deploying what has changed');
      return (await new Emulator(settings).reload()).functions;
    },
    () => 'ready',
  );
  process.stdout.write(invitation(settings, functions));
  return functions.some(({ state }) => state === 'failed') ? 1 : 0;
}

/** Nor could `up` itself ask whether the functions are ready. */
function checkKeys({ auth, keys }: Settings): void {
  if (auth === 'any' || keys.size > 0) return;
  throw new Problem(
    'Signatures are required, but there are no keys, so that nobody could call. Say which: keys: "ID:SECRET" in lambdock.yaml, or --keys ID:SECRET',
  );
}

/** Before anything is made: images may take minutes, and a container that cannot start would be left behind. */
async function checkPort({ port }: Settings, isOurs: () => Promise<boolean>): Promise<void> {
  if (port === 0) throw new Problem('Port 0 cannot be published. Choose one: --port 9000');
  if (!(await isPortTaken(port, '127.0.0.1')) || (await isOurs())) return;
  throw new Problem(
    `Port ${port} is in use. End what uses it, or choose another one: npm run up -- --port ${port + 1}`,
  );
}

async function composeVariables(
  { settings, engine }: Host,
  image: { readonly base: string; readonly tag: string },
  flags: Flags,
): Promise<Record<string, string>> {
  const { templateFile, parameters, caFile } = settings;
  // Only what was said on the command line: variables of the shell reach Compose by themselves.
  const said = Object.values(settingSources).flatMap(({ flag, variables: [variable] }) =>
    flags[flag] === undefined || flag === 'parameter' ? [] : [[variable, String(flags[flag])] as const],
  );
  return {
    ...Object.fromEntries(said),
    DOCKER_HOST: `unix://${engine.socketPath}`,
    LAMBDOCK_TAG: image.tag,
    LAMBDOCK_BASE: image.base,
    ...(Object.keys(parameters).length > 0 && { LAMBDOCK_PARAMETERS: JSON.stringify(parameters) }),
    LAMBDOCK_PORT: String(settings.port),
    LAMBDOCK_BIND: settings.host,
    // Docker Desktop and its like run the engine in a VM, where it has its usual place.
    LAMBDOCK_DOCKER_SOCKET: process.platform === 'linux' ? engine.socketPath : '/var/run/docker.sock',
    LAMBDOCK_PROJECT: dirname(templateFile),
    LAMBDOCK_TEMPLATE_NAME: basename(templateFile),
    LAMBDOCK_TEMPLATE_HASH: await templateHash(settings),
    ...(caFile === undefined ? {} : { LAMBDOCK_CA_FILE: caFile }),
  };
}

/** Changes with what of the template only a new container takes up: all of it where the template is not followed. */
async function templateHash({ templateFile, templateSettings, watch }: Settings): Promise<string> {
  const lasting = watch ? JSON.stringify(templateSettings) : await readFile(templateFile);
  return sha256(lasting).slice(0, 12);
}

async function isRunning(engine: EngineClient, project: string): Promise<boolean> {
  return (await runningContainer(engine, project)) !== undefined;
}

/** The id of lambdock's own. */
async function runningContainer(engine: EngineClient, project: string): Promise<string | undefined> {
  const labels = [`com.docker.compose.project=${project}`, 'com.docker.compose.service=lambdock'];
  return (await engine.containers(labels)).find(({ running }) => running)?.id;
}

function invitation({ endpoint, auth }: Settings, functions: readonly FunctionRow[]): string {
  const lines = ['', `lambdock answers at ${endpoint}`, '', functionTable(functions)];
  const example = functions.find(({ state }) => state === 'ready')?.name;
  if (example !== undefined) {
    lines.push(
      'Invoke one:',
      // What is not signed is refused where signatures are required.
      ...(auth === 'any' ? [`  curl -d '{}' ${endpoint}/2015-03-31/functions/${example}/invocations`] : []),
      `  npx lambdock invoke ${example} -p '{}' --tail`,
      '',
    );
  }
  return lines.join('\n');
}
