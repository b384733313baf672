import type Docker from 'dockerode';

/** The part of the engine's `GET /info` that says which limits it can set: https://docs.docker.com/reference/api/engine/ */
export interface LimitSupport {
  readonly MemoryLimit?: boolean;
  readonly CpuCfsQuota?: boolean;
  readonly PidsLimit?: boolean;
}

const limits = [
  { key: 'MemoryLimit', controller: 'memory', what: 'memory' },
  { key: 'CpuCfsQuota', controller: 'cpu', what: 'CPU share' },
  { key: 'PidsLimit', controller: 'pids', what: 'number of processes' },
] as const;

const listed = (words: readonly string[]) => words.join(', ').replace(/, ([^,]*)$/, ' and $1');

/**
 * A warning for an engine that cannot enforce some limit of a function, as rootless engines without delegated cgroup
 * controllers; undefined where it enforces all. A limit that the engine does not mention counts as enforced.
 * `controllers` are those it has, where it lists them; they count more than `info`.
 */
export function unenforcedLimits(
  engine: string,
  info: LimitSupport,
  controllers?: readonly string[],
): string | undefined {
  const isMissing = ({ key, controller }: (typeof limits)[number]) =>
    controllers === undefined ? info[key] === false : !controllers.includes(controller);
  const missing = limits.filter(isMissing);
  if (missing.length === 0) return undefined;
  const names = missing.map(({ controller }) => controller);
  const [noun, are] = names.length === 1 ? ['controller', 'is'] : ['controllers', 'are'];
  return (
    `${engine} cannot limit a function's ${listed(missing.map(({ what }) => what))}: ` +
    `the cgroup ${noun} ${listed(names)} ${are} not available to it. ` +
    `Delegate the ${noun} to the engine's user, or use an engine that runs as root.`
  );
}

/**
 * The cgroup controllers that Podman has. With cgroup v2 its answer in Docker's form denies the CPU quota that it sets
 * (seen with 5.4). Undefined where it does not say.
 */
export function podmanControllers(docker: Docker): Promise<readonly string[] | undefined> {
  return new Promise((resolve) => {
    const request = { path: '/v4.0.0/libpod/info', method: 'GET', statusCodes: { 200: true } };
    docker.modem.dial(request, (_error: unknown, answer: unknown) => {
      const controllers = (answer as { host?: { cgroupControllers?: unknown } } | null | undefined)?.host
        ?.cgroupControllers;
      resolve(Array.isArray(controllers) ? controllers : undefined);
    });
  });
}
