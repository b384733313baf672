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
 */
export function unenforcedLimits(engine: string, info: LimitSupport): string | undefined {
  const missing = limits.filter(({ key }) => info[key] === false);
  if (missing.length === 0) return undefined;
  const controllers = missing.map(({ controller }) => controller);
  const noun = controllers.length === 1 ? 'controller' : 'controllers';
  return (
    `${engine} cannot limit a function's ${listed(missing.map(({ what }) => what))}: ` +
    `the cgroup ${noun} ${listed(controllers)} ${controllers.length === 1 ? 'is' : 'are'} not available to it. ` +
    `Delegate the ${noun} to the engine's user, or use an engine that runs as root.`
  );
}
