import { engineHints } from '../engine/addresses';
import { systemClock } from '../lib/clock';
import { resolveSettings } from '../settings';
import type { Flags } from '../settings/resolver';
import { forgetRunning } from './client/running';
import { Compose, findCompose } from './host/compose';
import { findEngine } from './host/engine';
import { EngineClient } from './host/engine-client';
import { projectName } from './host/project';
import { Problem } from './problem';
import { Progress } from './terminal/progress';

export interface DownOptions {
  /** The Compose project; by default the template folder's own. */
  readonly name?: string;
  /** Whether its data is removed too. */
  readonly volumes?: boolean;
}

/** Removes what `up` made: lambdock's container, its network and every sandbox. */
export async function down(flags: Flags, { name, volumes = false }: DownOptions): Promise<number> {
  const progress = new Progress(process.stderr, systemClock);
  const settings = resolveSettings(flags);
  const project = name ?? projectName(settings);
  const engine = await findEngine(engineHints(settings));
  if (!(engine instanceof EngineClient)) throw new Problem(engine.reason);
  await progress.task(
    'lambdock',
    async (report) => {
      const compose = new Compose(await findCompose(report), project, {
        DOCKER_HOST: `unix://${engine.socketPath}`,
      });
      report('stopping');
      await compose.run(['stop']);
      // lambdock removes its sandboxes itself, unless it was killed.
      const sandboxes = await engine.containers([`lambdock.instance=${project}`]);
      for (const { id } of sandboxes) await engine.removeContainer(id);
      await engine.removeNetworks(`lambdock.instance=${project}`);
      await compose.run(['down', ...(volumes ? ['--volumes'] : [])]);
      forgetRunning(settings.projectFolder, project);
    },
    () => 'stopped and removed',
  );
  return 0;
}
