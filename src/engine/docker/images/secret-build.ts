import type Docker from 'dockerode';
import { runChild } from '../../../lib/child';
import { errnoOf } from '../../../lib/errno';
import type { ReportProgress } from '../../../lib/progress';
import { LastLines } from '../../../lib/text/last-lines';
import { EngineError, type ImageBuild } from '../../engine';

/**
 * Builds an image with Docker's command line. BuildKit asks the client for secrets and SSH agents over a session, which
 * the engine's API does not offer to other clients.
 */
export async function buildWithSecrets(
  docker: Docker,
  build: ImageBuild,
  report: ReportProgress,
): Promise<void> {
  const { image, context, dockerfile, target, platform, secrets = {}, ssh = [] } = build;
  const last = new LastLines();
  const failed = (why: string, cause?: unknown) =>
    new EngineError('build-failed', `Cannot build the image ${image}: ${why}`, { cause });
  report(`building image ${image}`);
  const code = await runChild({
    command: 'env',
    arguments: [
      ...['DOCKER_BUILDKIT=1', 'docker', ...hostOf(docker), 'build', '--progress', 'plain'],
      ...['--tag', image, '--file', dockerfile, '--label', `lambdock.build=${image}`],
      ...Object.entries(build.arguments).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
      ...Object.entries(secrets).flatMap(([id, file]) => ['--secret', `id=${id},src=${file}`]),
      ...ssh.flatMap((each) => ['--ssh', each]),
      ...(target === undefined ? [] : ['--target', target]),
      ...(platform === undefined ? [] : ['--platform', platform]),
      context,
    ],
    onLine: (line) => last.push(line),
  }).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') throw failed('env was not found in PATH.', error);
    throw error;
  });
  if (code === 0) return;
  if (code === 127 && /^\s*env: /m.test(`${last}`)) {
    throw failed(
      "`secrets` and `ssh` need Docker's command line, but docker was not found in PATH. " +
        'Install it where lambdock runs, or build the image yourself and name it in `image`.',
    );
  }
  throw failed(
    `docker build failed. \`secrets\` and \`ssh\` need an engine with BuildKit. Last output:${last}`,
  );
}

/** Options that select lambdock's engine. An engine without a socket is taken from the environment variables. */
function hostOf(docker: Docker): readonly string[] {
  const { socketPath } = docker.modem as { readonly socketPath?: string };
  return socketPath === undefined ? [] : ['--host', `unix://${socketPath}`];
}
