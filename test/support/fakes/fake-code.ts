import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessSpec } from '../../../src/engine/engine';
import type { Script } from './fake-process';
import { lambdaRuntime } from './fake-runtime';
import type { FakeSandbox } from './fake-sandbox';

/**
 * A runtime that looks at the code in its sandbox: what `app.py` says is what the handler answers. `env NAME` is
 * the value of a variable, `opt` what lies in the layers' folder, `hang` never answers, `broken` fails its init,
 * `call NAME` what that function answers, anything else the text itself, `note PATH` after it has
 * written the event's `id` there. An event with `gate` waits for it: see `gates`.
 */
export function codeRuntime(_process: ProcessSpec, { codeFolder = '', layersFolder }: FakeSandbox): Script {
  const says = readFileSync(join(codeFolder, 'app.py'), 'utf8');
  return lambdaRuntime(
    async (event, { process }) => {
      if (event?.gate) await gates.get(event.gate);
      if (says.startsWith('env ')) return process.environment[says.slice(4)] ?? null;
      if (says === 'opt') return layersFolder ? readdirSync(layersFolder).sort() : [];
      if (says.startsWith('call ')) {
        const path = `/2015-03-31/functions/${says.slice(5)}/invocations`;
        return JSON.parse(
          (await process.http('POST', path, { body: JSON.stringify(event) })).body.toString(),
        );
      }
      if (says === 'hang') return process.hang();
      if (says.startsWith('note ')) appendFileSync(says.slice(5), `${event.id}\n`);
      return says;
    },
    {
      init: () => {
        if (says === 'broken') throw new Error('broken');
      },
    },
  );
}

/** What handlers wait for whose event names it. */
export const gates = new Map<string, Promise<void>>();
