import type { FunctionStats, Stats } from '../../operator-api/contract';
import { type Connection, Emulator } from '../client/emulator';
import { type Column, table } from '../terminal/table';

const ms = (value: number | undefined) => (value === undefined ? '-' : value.toFixed(value < 100 ? 1 : 0));
const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

const columns: readonly Column<FunctionStats>[] = [
  { title: 'FUNCTION', text: ({ functionName }) => functionName },
  { title: 'INVOCATIONS', text: ({ invocations }) => String(invocations), alignRight: true },
  { title: 'ERRORS', text: ({ errors }) => String(errors), alignRight: true },
  { title: 'THROTTLES', text: ({ throttles }) => String(throttles), alignRight: true },
  { title: 'COLD', text: ({ coldShare }) => percent(coldShare), alignRight: true },
  { title: 'P50 MS', text: ({ duration }) => ms(duration.p50), alignRight: true },
  { title: 'P95 MS', text: ({ duration }) => ms(duration.p95), alignRight: true },
  { title: 'INIT P50', text: ({ init }) => ms(init.p50), alignRight: true },
  { title: 'INIT P95', text: ({ init }) => ms(init.p95), alignRight: true },
  {
    title: 'MEMORY',
    text: ({ memoryUsedMiB, memorySize }) => `${memoryUsedMiB ?? '-'}/${memorySize} MB`,
    alignRight: true,
  },
  {
    title: 'ENVIRONMENTS',
    text: ({ environments, environmentsMost }) => `${environments} (most ${environmentsMost})`,
    alignRight: true,
  },
];

/** The names of the columns, and how each is read. */
const csvColumns: readonly (readonly [string, (row: FunctionStats) => string | number | undefined])[] = [
  ['function', (row) => row.functionName],
  ['invocations', (row) => row.invocations],
  ['errors', (row) => row.errors],
  ['throttles', (row) => row.throttles],
  ['cold_starts', (row) => row.coldStarts],
  ['cold_share', (row) => row.coldShare],
  ['duration_p50_ms', (row) => row.duration.p50],
  ['duration_p95_ms', (row) => row.duration.p95],
  ['init_p50_ms', (row) => row.init.p50],
  ['init_p95_ms', (row) => row.init.p95],
  ['latency_p50_ms', (row) => row.latency.p50],
  ['latency_p95_ms', (row) => row.latency.p95],
  ['memory_used_mb', (row) => row.memoryUsedMiB],
  ['memory_size_mb', (row) => row.memorySize],
  ['environments', (row) => row.environments],
  ['environments_most', (row) => row.environmentsMost],
];

/** Figures as CSV (RFC 4180) with a head; names of functions need no quotes. */
export function statsCsv({ functions }: Stats): string {
  const rows = functions.map((row) => csvColumns.map(([, read]) => read(row) ?? '').join(','));
  return [csvColumns.map(([name]) => name).join(','), ...rows].map((line) => `${line}\r\n`).join('');
}

export async function stats(
  connection: Connection,
  { json = false, csv = false }: { readonly json?: boolean; readonly csv?: boolean },
): Promise<number> {
  const found = await new Emulator(connection).stats();
  if (json) process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
  else if (csv) process.stdout.write(statsCsv(found));
  else if (found.functions.length === 0) process.stdout.write('No function was invoked yet.\n');
  else process.stdout.write(table(columns, found.functions));
  return 0;
}
