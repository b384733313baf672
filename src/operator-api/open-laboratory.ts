import type { Recorder } from '../laboratory/recorder';
import { DeploymentWatch } from './deployment-watch';
import type { LaboratoryParts } from './laboratory';
import { LiveFeed, type LiveFeedParts } from './live-feed';

/** The live feed and the history of deployments behind the laboratory's routes. */
export function openLaboratory(
  parts: Omit<LiveFeedParts, 'deployments' | 'recorder'> & {
    readonly recorder: Recorder;
    /** Calls back for each function that is deployed or removed. */
    readonly onChange: (listener: (scope: unknown, functionName: string) => void) => unknown;
  },
): LaboratoryParts {
  const { recorder, clock, functions, onChange } = parts;
  const deployments = new DeploymentWatch({ functions: () => functions().functions, clock });
  onChange((_scope, functionName) => deployments.touch(functionName));
  return { recorder, deployments, feed: new LiveFeed({ ...parts, deployments }) };
}
