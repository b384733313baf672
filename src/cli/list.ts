import { visible } from '../lib/text/terminal-text';
import type { FunctionRow } from '../operator-api/contract';
import { type Connection, Emulator } from './client/emulator';
import { table } from './terminal/table';

/** The functions as a table, and below it the reasons of those that failed. */
export function functionTable(functions: readonly FunctionRow[]): string {
  if (functions.length === 0)
    return 'No functions. Add one to the template, or deploy a folder: npx lambdock deploy FOLDER\n';
  const rows = table(
    [
      { title: 'FUNCTION', text: ({ name }) => name },
      { title: 'RUNS ON', text: ({ runtime, image }) => runtime ?? image ?? '' },
      { title: 'HANDLER', text: ({ handler }) => handler ?? '-' },
      { title: 'MEMORY', text: ({ memorySize }) => `${memorySize} MB`, alignRight: true },
      { title: 'TIMEOUT', text: ({ timeout }) => `${timeout} s`, alignRight: true },
      { title: '/tmp', text: ({ ephemeralStorage }) => `${ephemeralStorage} MB`, alignRight: true },
      { title: 'STATE', text: ({ state }) => state },
      // Most functions have none.
      ...(functions.some(({ versions = 0 }) => versions > 0)
        ? [{ title: 'VERSIONS', text: versionsText }]
        : []),
    ],
    functions,
  );
  const reasons = functions.flatMap(({ name, state, reason }) =>
    state === 'failed' ? [`${name}: ${reason ?? 'failed for an unknown reason'}\n`] : [],
  );
  return visible([rows, ...reasons].join(''));
}

function versionsText({ versions = 0, aliases = [] }: FunctionRow): string {
  const pointers = aliases.map(({ name, version }) => `${name} -> ${version}`);
  return [versions === 0 ? '-' : String(versions), ...pointers].join(', ');
}

export async function list(
  connection: Connection,
  { json = false }: { readonly json?: boolean },
): Promise<number> {
  const { functions, notices = [] } = await new Emulator(connection).functions();
  process.stdout.write(json ? `${JSON.stringify(functions, null, 2)}\n` : functionTable(functions));
  // The reasons of functions in the table are below it already.
  const listed = new Set(functions.filter(({ state }) => state === 'failed').map(({ name }) => name));
  for (const { text, functionName } of notices) {
    if (!listed.has(functionName ?? '')) process.stderr.write(`warning: ${text}\n`);
  }
  return 0;
}
