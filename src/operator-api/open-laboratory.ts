import type { Registry } from '../functions/registry/registry';
import { DeploymentWatch } from './deployment-watch';
import type { LaboratoryParts } from './laboratory';
import { LiveFeed, type LiveFeedParts } from './live-feed';
import type { Queue } from './queue';

/** The live feed and the history of deployments behind the laboratory's routes. */
export function openLaboratory(
  parts: Omit<LiveFeedParts, 'deployments' | 'queue'> & {
    readonly queue: Queue;
    /** Its changes are deployments. */
    readonly registry: Pick<Registry, 'onChange'>;
  },
): LaboratoryParts {
  const { recorder, clock, functions, registry, queue } = parts;
  const deployments = new DeploymentWatch({ functions: () => functions().functions, clock });
  registry.onChange((_scope, functionName) => deployments.touch(functionName));
  const feed = new LiveFeed({ ...parts, queue: () => queue.rows(), deployments });
  return { recorder, deployments, feed };
}
