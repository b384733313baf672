import { familyOf } from '../../runtimes/runtimes';
import type { Problem } from './problems';
import type { TemplateReader } from './reader';
import type { Field } from './value-reader';
import type { WantedDebug, WantedFunction } from './wanted';

/** A function to debug, from `--debug NAME[:PORT]`. */
export interface DebugRequest {
  readonly name: string;
  readonly port?: number;
}

/** Default ports that editors attach to. */
const usualPorts = { debugpy: 5678, inspector: 9229 } as const;

/** Reads `debug: true`, `debug: 9230` or `debug: { port: 9230, wait: true }`. */
export function readDebug(reader: TemplateReader, field: Field | undefined): WantedDebug | undefined {
  if (field === undefined) return undefined;
  if (field.value.kind === 'mapping') {
    const found = reader.known(reader.fields(field) ?? [], ['port', 'wait'], 'for debug');
    const port = found.port && portOf(reader, found.port);
    const wait = found.wait === undefined ? 'false' : (reader.written(found.wait) ?? 'false');
    if (!['true', 'false'].includes(wait)) {
      reader.note(found.wait ?? field, `must be true or false, got ${wait}`);
    }
    return { wait: wait === 'true', ...(port !== undefined && { port }) };
  }
  const written = reader.written(field);
  if (written === undefined || written === 'false') return undefined;
  if (written === 'true') return { wait: false };
  const port = portOf(reader, field);
  return port === undefined ? undefined : { port, wait: false };
}

function portOf(reader: TemplateReader, field: Field): number | undefined {
  const written = reader.written(field) ?? '';
  const port = Number(written);
  if (Number.isInteger(port) && port >= 1_024 && port <= 65_535) return port;
  return reader.note(field, `must be true, false or a port, 1024 to 65535, got ${written}`);
}

/** Returns the functions with a port for each debugged one, and the problems of the requests. */
export function withDebugging(
  functions: readonly WantedFunction[],
  requests: readonly DebugRequest[],
  wait: boolean,
): { readonly functions: readonly WantedFunction[]; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const names = functions.map(({ name }) => name);
  for (const { name } of requests) {
    if (names.includes(name)) continue;
    const message = `has no function ${name}, which --debug names. It has ${names.join(', ') || 'none'}`;
    problems.push({ message });
  }
  const asked = functions.map((each) => {
    const request = requests.find(({ name }) => name === each.name);
    return request === undefined ? each.debug : { wait: false, ...each.debug, ...request };
  });
  const taken = new Set(asked.flatMap((each) => each?.port ?? []));
  const used = new Set<number>();
  const made = functions.map((each, index): WantedFunction => {
    const { debug: _, ...others } = each;
    const own = asked[index];
    if (own === undefined) return others;
    const problem = unsupported(each);
    if (problem !== undefined) problems.push({ message: problem });
    const port = own.port ?? freePort(each, taken);
    if (used.has(port))
      problems.push({ message: `debugs two functions at port ${port}. Give them two ports` });
    taken.add(port);
    used.add(port);
    return { ...others, debug: { port, wait: wait || own.wait } };
  });
  return { functions: made, problems };
}

function unsupported({ name, package: code }: WantedFunction): string | undefined {
  if (code.kind === 'image' || familyOf(code.runtime)?.debugger !== undefined) return undefined;
  return `cannot debug ${name}: its runtime is ${code.runtime}. Node.js, Python and images can be debugged`;
}

function freePort({ package: code }: WantedFunction, taken: ReadonlySet<number>): number {
  const { debugger: kind = 'inspector' } = (code.kind === 'zip' && familyOf(code.runtime)) || {};
  let port: number = usualPorts[kind];
  while (taken.has(port)) port += 1;
  return port;
}
