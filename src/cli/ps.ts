import { type Clock, systemClock } from '../lib/clock';
import type { EnvironmentRow } from '../operator-api/contract';
import { type Connection, Emulator } from './client/emulator';
import { age, table } from './terminal/table';

export function environmentTable(environments: readonly EnvironmentRow[], clock: Clock): string {
  if (environments.length === 0) return 'No environments. The first invocation starts one.\n';
  return table(
    [
      { title: 'ID', text: ({ engineId }) => engineId?.slice(0, 12) ?? '-' },
      { title: 'FUNCTION', text: ({ functionName, kind }) => functionName ?? `any (${kind ?? '?'})` },
      { title: 'VERSION', text: ({ version }) => version ?? '-' },
      { title: 'STATE', text: ({ state }) => state },
      {
        title: 'AGE',
        text: ({ madeAt }) => age((clock.now() - Date.parse(madeAt)) / 1_000),
        alignRight: true,
      },
      { title: 'MEMORY', text: memory, alignRight: true },
      { title: 'INVOCATIONS', text: ({ invocations }) => String(invocations), alignRight: true },
      { title: 'COLD START', text: coldStart },
    ],
    environments,
  );
}

function memory({ memoryUsedMiB, memorySize }: EnvironmentRow): string {
  if (memorySize === undefined) return '-';
  return `${memoryUsedMiB === undefined ? '-' : Math.ceil(memoryUsedMiB)}/${memorySize} MB`;
}

const coldStartWords = {
  'own-spare': 'from its own spare',
  spare: 'from a spare',
  reused: 'from a reused spare',
  'on-demand': 'on demand',
};

function coldStart({ state, coldStart: kind, fill, initDurationMs }: EnvironmentRow): string {
  // A spare has not started: how its cold start came about is known when it is taken.
  if (state === 'spare' || kind === undefined) return '-';
  return [
    coldStartWords[kind],
    ...(fill === 'copied' ? ['code copied'] : fill === 'mounted' ? ['code mounted'] : []),
    ...(initDurationMs === undefined ? [] : [`init ${Math.round(initDurationMs)} ms`]),
  ].join(', ');
}

const everyMs = 1_000;

export async function ps(
  connection: Connection,
  { json = false, watch = false }: { readonly json?: boolean; readonly watch?: boolean },
): Promise<number> {
  const emulator = new Emulator(connection);
  const shown = async () => {
    const { environments } = await emulator.environments();
    if (json) return `${JSON.stringify(environments, null, watch ? undefined : 2)}\n`;
    return environmentTable(environments, systemClock);
  };
  process.stdout.write(await shown());
  while (watch) {
    await new Promise<void>((resolve) => systemClock.alarm(systemClock.now() + everyMs, resolve));
    const text = await shown();
    // On a terminal the new table takes the place of the old one.
    process.stdout.write(process.stdout.isTTY && !json ? `\x1b[H\x1b[J${text}` : text);
  }
  return 0;
}
