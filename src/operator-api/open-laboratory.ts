import type { Registry } from '../functions/registry/registry';
import { DeploymentWatch } from './deployment-watch';
import { eventSourceRows } from './event-sources';
import type { LaboratoryParts } from './laboratory';
import { LiveFeed, type LiveFeedParts } from './live-feed';
import type { Queue } from './queue';
import { Results } from './results';

/** The live feed and the history of deployments behind the laboratory's routes. */
export function openLaboratory(
  parts: Omit<LiveFeedParts, 'deployments' | 'queue' | 'eventSources' | 'results'> & {
    readonly queue: Queue;
    /** Source of deployments: each change is one. */
    readonly registry: Registry;
  },
): LaboratoryParts {
  const { recorder, clock, functions, registry, queue } = parts;
  const deployments = new DeploymentWatch({ functions: () => functions().functions, clock });
  registry.onChange((_scope, functionName) => deployments.touch(functionName));
  // Profiles follow the journal, which passes on all lines. Its memory has only the latest.
  parts.journal.follow((batch) => recorder.profiles.take(batch));
  const results = new Results(clock);
  const eventSources = () => eventSourceRows(registry);
  const feed = new LiveFeed({
    ...parts,
    queue: () => queue.rows(),
    eventSources,
    results: () => results.rows(),
    deployments,
  });
  return { recorder, deployments, feed, eventSources, results };
}
