import { ContextError, type EngineAddress, type EngineHints, engineAddresses } from '../../engine/addresses';
import type { ReportProgress } from '../../lib/progress';
import { Problem } from '../problem';
import type { Progress } from '../terminal/progress';
import { EngineClient } from './engine-client';
import { canInstall, installEngine } from './engine-install';
import { startEngine, systemEngine } from './engine-start';
import { isInstalled } from './run';

/** Finds the engine of this host. If there is no engine and no confirmation is needed, installs and starts one. */
export async function ensureEngine(hints: EngineHints, progress: Progress): Promise<EngineClient> {
  const { client } = await progress.task(
    'Engine',
    async (report) => {
      const engine = await findOrStart(hints, report);
      return { client: engine, name: await engine.name() };
    },
    ({ client: { socketPath }, name }) => `${name} at ${socketPath}`,
  );
  return client;
}

async function findOrStart(hints: EngineHints, report: ReportProgress): Promise<EngineClient> {
  const found = await findEngine(hints);
  if (found instanceof EngineClient) return found;
  if (found.final || !(await canInstall())) throw new Problem(found.reason);
  if (!(await isInstalled('dockerd'))) {
    report('not found: installing Docker, because this is Debian or Ubuntu and you are root');
    await installEngine(report);
  }
  report('starting Docker');
  await startEngine(systemEngine);
  return new EngineClient(systemEngine.socketPath);
}

interface NoEngine {
  readonly reason: string;
  /** Whether the user named this engine, so that lambdock must not start another. */
  readonly final: boolean;
}

export async function findEngine(hints: EngineHints): Promise<EngineClient | NoEngine> {
  let addresses: readonly EngineAddress[];
  try {
    addresses = engineAddresses(hints);
  } catch (error) {
    if (!(error instanceof ContextError)) throw error;
    return { reason: error.message, final: true };
  }
  let forbidden: string | undefined;
  for (const { url, source } of addresses) {
    const path = socketPath(url);
    if (path === undefined) {
      return {
        reason: `This command needs an engine on this host, with a Unix socket, but ${source} is ${url}. Unset it, or choose another context.`,
        final: true,
      };
    }
    const client = new EngineClient(path);
    const answer = await client.ping();
    if (answer === 'up') return client;
    if (answer === 'forbidden') forbidden ??= path;
  }
  if (forbidden !== undefined) {
    return {
      reason: `Permission denied for the engine's socket ${forbidden}. Add yourself to its group (sudo usermod -aG docker $USER, then log in again), or run this as root.`,
      final: true,
    };
  }
  const [only] = addresses;
  if (addresses.length === 1 && only) {
    return {
      reason: `No engine answers at ${only.url} (${only.source}). Start it, or choose another one.`,
      final: socketPath(only.url) !== systemEngine.socketPath,
    };
  }
  return { reason: howToGetOne(hints.platform), final: false };
}

function socketPath(url: string): string | undefined {
  return url.startsWith('unix://') ? url.slice('unix://'.length) : undefined;
}

function howToGetOne(platform: NodeJS.Platform): string {
  return platform === 'linux'
    ? 'No Docker or Podman engine answers on this host. Start it (sudo systemctl start docker), or install one: https://docs.docker.com/engine/install/. On Debian and Ubuntu this command does both when root runs it.'
    : 'No Docker or Podman engine answers on this host. Start Docker Desktop, or install it: https://docs.docker.com/get-started/get-docker/';
}
