import { readFile } from 'node:fs/promises';
import type { ReportProgress } from '../../lib/progress';
import { Problem } from '../problem';
import { run } from './run';

/** Whether packages can be installed without a question: on Debian or Ubuntu, as root. */
export async function canInstall(): Promise<boolean> {
  return process.platform === 'linux' && process.geteuid?.() === 0 && isDebianLike(await osRelease());
}

async function osRelease(): Promise<string> {
  // A Linux without this file is neither.
  return readFile('/etc/os-release', 'utf8').catch(() => '');
}

export function isDebianLike(release: string): boolean {
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(release);
}

/**
 * Packages of an engine: `iptables` is for published ports, `mmdebstrap` for base images without a registry. On newer
 * releases the client, which Compose needs, is a separate package.
 */
const enginePackages = ['docker.io', 'docker-compose', 'iptables', 'mmdebstrap', 'ca-certificates'];
const packagesOfSomeReleases = ['docker-cli'];

export async function installEngine(report: ReportProgress): Promise<void> {
  await installPackages(enginePackages, packagesOfSomeReleases, report);
}

export async function installCompose(report: ReportProgress): Promise<void> {
  await installPackages(['docker-compose'], packagesOfSomeReleases, report);
}

async function installPackages(
  needed: readonly string[],
  where: readonly string[],
  report: ReportProgress,
): Promise<void> {
  report('updating the package lists');
  await apt(['update', '-q'], () => undefined);
  const names = [...needed];
  for (const name of where) {
    const { code, stdout } = await run(['apt-cache', 'show', '--no-all-versions', name]);
    if (code === 0 && stdout !== '') names.push(name);
  }
  report(`installing ${names.join(', ')}`);
  await apt(['install', '-y', '-q', '--no-install-recommends', ...names], (line) => {
    const [, name] = /^Setting up ([^ :]+)/.exec(line) ?? [];
    // A hundred other packages come along.
    if (line.startsWith('Need to get ') || names.some((each) => each === name)) report(line);
  });
}

async function apt(words: readonly string[], line: (text: string) => void): Promise<void> {
  const { code, tail } = await run(['apt-get', ...words], {
    environment: { DEBIAN_FRONTEND: 'noninteractive' },
    line,
  });
  if (code !== 0) {
    throw new Problem(`apt-get ${words[0]} failed. Fix what it reports, then run this again:\n${tail}`);
  }
}
