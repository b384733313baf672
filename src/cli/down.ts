import { systemClock } from '../lib/clock';
import { type Flags, resolveSettings } from '../settings';
import { Compose, findCompose } from './host/compose';
import { findEngine } from './host/engine';
import { EngineClient } from './host/engine-client';
import { engineHints } from './prepare';
import { Problem } from './problem';
import { Progress } from './terminal/progress';

/** Ends what `up` began: lambdock, its network, and every sandbox. Data goes only where that is asked for. */
export async function down(
  flags: Flags,
  project: string,
  { volumes = false }: { readonly volumes?: boolean },
) {
  const progress = new Progress(process.stderr, systemClock);
  const engine = await findEngine(engineHints(resolveSettings(flags)));
  if (!(engine instanceof EngineClient)) throw new Problem(engine.reason);
  await progress.task(
    'lambdock',
    async (report) => {
      const compose = new Compose(await findCompose(report), project, {
        DOCKER_HOST: `unix://${engine.socketPath}`,
      });
      report('ending it');
      await compose.run(['stop']);
      // It removes its sandboxes itself; where it was killed, they may still be going.
      for (const { id } of await engine.containers([`lambdock.instance=${project}`]))
        await engine.removeContainer(id);
      await compose.run(['down', ...(volumes ? ['--volumes'] : [])]);
    },
    () => 'ended, nothing is left running',
  );
  return 0;
}
