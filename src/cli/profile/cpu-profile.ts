import { gunzipSync } from 'node:zlib';
import { parsed } from '../client/http';
import type { Frame } from './frames';

/** The parts of a V8 CPU profile that are read. Times in microseconds. */
interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[];
}

const part = /^LAMBDOCK_PROFILE (\d+)\/(\d+) (\S+)$/;

/** The profile that a function's Node.js printed in parts; undefined where some are missing. */
export function profileIn(lines: readonly string[]): CpuProfile | undefined {
  const parts = lines.flatMap((text) => {
    const [, at, of, data = ''] = part.exec(text.trim()) ?? [];
    return at === undefined ? [] : { at: Number(at), of: Number(of), data };
  });
  const [first] = parts;
  if (first === undefined || parts.length !== first.of) return undefined;
  const text = parts
    .toSorted((a, b) => a.at - b.at)
    .map(({ data }) => data)
    .join('');
  return parsed(gunzipSync(Buffer.from(text, 'base64')).toString()) as CpuProfile | undefined;
}

/** A tree of packages and files: calls within one file or package are one frame. */
export function cpuFrames({ nodes, samples, timeDeltas }: CpuProfile): Frame[] {
  const self = new Map<number, number>();
  for (const [index, id] of samples.entries())
    self.set(id, (self.get(id) ?? 0) + (timeDeltas[index] ?? 0) / 1_000);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const [root] = nodes;
  const merged = { name: '', selfMs: 0, children: new Map<string, Merged>() };
  if (root) merge(root, merged, byId, self);
  return [...merged.children.values()].map(frameOf);
}

interface Merged {
  readonly name: string;
  selfMs: number;
  readonly children: Map<string, Merged>;
}

function merge(
  node: ProfileNode,
  into: Merged,
  byId: ReadonlyMap<number, ProfileNode>,
  self: ReadonlyMap<number, number>,
): void {
  const name = nameOf(node);
  let place = into;
  if (name !== undefined && name !== into.name) {
    place = into.children.get(name) ?? { name, selfMs: 0, children: new Map() };
    into.children.set(name, place);
  }
  place.selfMs += self.get(node.id) ?? 0;
  for (const id of node.children ?? []) {
    const child = byId.get(id);
    if (child) merge(child, place, byId, self);
  }
}

/** A package, a file of the function, or nothing for what belongs to its caller: Node.js itself. */
function nameOf({ callFrame: { functionName, url } }: ProfileNode): string | undefined {
  if (functionName === '(idle)') return '(idle)';
  if (functionName === '(garbage collector)') return '(garbage collector)';
  const path = url.replace(/^file:\/\//, '');
  const [, packageName] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path) ?? [];
  if (packageName !== undefined) return packageName;
  if (path.startsWith('/var/runtime/')) return '(runtime)';
  return path.startsWith('/') ? path.replace(/^\/var\/task\//, '') : undefined;
}

function frameOf({ name, selfMs, children }: Merged): Frame {
  const frames = [...children.values()].map(frameOf);
  return { name, totalMs: selfMs + frames.reduce((sum, { totalMs }) => sum + totalMs, 0), children: frames };
}
