import type { Settings } from '../../settings';
import { uniqueName } from '../../settings/project';
import { Problem } from '../problem';
import type { ContainerSummary, EngineClient } from './engine-client';
import { isPortTaken } from './port';

/** The label that names the folder which a lambdock in a container belongs to. */
const folderLabel = 'lambdock.folder';

/** How many ports after the default one are tried. */
const portTries = 100;

/** The Compose project of a folder: projects of two folders never have the same name. */
export function projectName({ projectFolder }: Settings): string {
  return `lambdock-${uniqueName(projectFolder)}`;
}

/** lambdock's own container in a Compose project, running or stopped. */
export async function emulatorContainer(
  engine: EngineClient,
  project: string,
): Promise<ContainerSummary | undefined> {
  const labels = [`com.docker.compose.project=${project}`, 'com.docker.compose.service=lambdock'];
  return (await engine.containers(labels))[0];
}

/** @throws {Problem} where the container belongs to another folder */
export function checkFolder(
  project: string,
  container: ContainerSummary | undefined,
  { projectFolder }: Settings,
): void {
  const owner = container?.labels[folderLabel] || projectFolder;
  if (owner === projectFolder) return;
  throw new Problem(
    `Project ${project} belongs to ${owner}, and "up" in ${projectFolder} would replace it. Pass another name with --project, or --replace to take it over.`,
  );
}

export interface ChosenPort {
  readonly port: number;
  /** Why it is not the port of the settings. */
  readonly reason?: string;
}

/**
 * The port to publish: that of the settings, or the next free one if the default is in use. A running container keeps
 * its port.
 * @throws {Problem} if the user named the port and it is in use
 */
export async function choosePort(
  { port, isPortExplicit }: Settings,
  engine: EngineClient,
  own: ContainerSummary | undefined,
): Promise<ChosenPort> {
  if (port === 0) throw new Problem('Port 0 cannot be published. Pass a port, e.g. --port 9000.');
  const ownPort = own?.running ? own.publishedPorts[0] : undefined;
  if (ownPort !== undefined && (ownPort === port || !isPortExplicit)) return { port: ownPort };
  if (!(await isPortTaken(port, '127.0.0.1'))) return { port };
  const user = await userOf(engine, port);
  if (isPortExplicit) {
    throw new Problem(`Port ${port} is in use by ${user}. Stop it, or pass another port: --port ${port + 1}`);
  }
  for (let free = port + 1; free <= port + portTries; free += 1) {
    if (await isPortTaken(free, '127.0.0.1')) continue;
    return { port: free, reason: `Port ${port} is in use by ${user}: using port ${free}.` };
  }
  throw new Problem(`Ports ${port} to ${port + portTries} are in use. Pass a free port with --port.`);
}

async function userOf(engine: EngineClient, port: number): Promise<string> {
  const lambdocks = await engine.containers([folderLabel]);
  const user = lambdocks.find(({ publishedPorts }) => publishedPorts.includes(port));
  const folder = user?.labels[folderLabel];
  return folder ? `the lambdock of ${folder}` : 'another program';
}
