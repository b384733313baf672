import { gunzipSync } from 'node:zlib';
import type { ImportFrame } from '../../operator-api/contract';

/** The members of a V8 CPU profile that lambdock reads. Times in microseconds. */
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

/** The profile that a function's Node.js printed in parts; undefined if parts are missing. */
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
  try {
    return JSON.parse(gunzipSync(Buffer.from(text, 'base64')).toString()) as CpuProfile;
  } catch {
    return undefined;
  }
}

/** A tree of packages and files: calls within one file or package are one frame. */
export function cpuFrames({ nodes, samples, timeDeltas }: CpuProfile): ImportFrame[] {
  const self = new Map<number, number>();
  /** Time of each node's first sample. */
  const firstMs = new Map<number, number>();
  let nowMs = 0;
  for (const [index, id] of samples.entries()) {
    const ms = (timeDeltas[index] ?? 0) / 1_000;
    if (!firstMs.has(id)) firstMs.set(id, nowMs);
    nowMs += ms;
    self.set(id, (self.get(id) ?? 0) + ms);
  }
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const [root] = nodes;
  const merged: Merged = { name: '', selfMs: 0, atMs: Number.POSITIVE_INFINITY, children: new Map() };
  if (root) merge(root, merged, byId, { self, firstMs });
  return [...merged.children.values()].map(frameOf);
}

interface Merged {
  readonly name: string;
  selfMs: number;
  /** Time of the first sample of this frame or its children; infinite before it. */
  atMs: number;
  readonly children: Map<string, Merged>;
}

/** Times by node id, in milliseconds. */
interface Times {
  readonly self: ReadonlyMap<number, number>;
  readonly firstMs: ReadonlyMap<number, number>;
}

function merge(node: ProfileNode, into: Merged, byId: ReadonlyMap<number, ProfileNode>, times: Times): void {
  const name = nameOf(node);
  let place = into;
  if (name !== undefined && name !== into.name) {
    place = into.children.get(name) ?? {
      name,
      selfMs: 0,
      atMs: Number.POSITIVE_INFINITY,
      children: new Map(),
    };
    into.children.set(name, place);
  }
  place.selfMs += times.self.get(node.id) ?? 0;
  place.atMs = Math.min(place.atMs, times.firstMs.get(node.id) ?? Number.POSITIVE_INFINITY);
  for (const id of node.children ?? []) {
    const child = byId.get(id);
    if (child) merge(child, place, byId, times);
  }
}

/** A package or a file of the function; undefined for Node.js itself, whose time counts for its caller. */
function nameOf({ callFrame: { functionName, url } }: ProfileNode): string | undefined {
  if (functionName === '(idle)') return '(idle)';
  if (functionName === '(garbage collector)') return '(garbage collector)';
  const path = url.replace(/^file:\/\//, '');
  const [, packageName] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path) ?? [];
  if (packageName !== undefined) return packageName;
  if (path.startsWith('/var/runtime/')) return '(runtime)';
  return path.startsWith('/') ? path.replace(/^\/var\/task\//, '') : undefined;
}

function frameOf({ name, selfMs, atMs, children }: Merged): ImportFrame {
  const frames = [...children.values()].map(frameOf);
  const firstMs = Math.min(atMs, ...frames.map((each) => each.atMs));
  return {
    name,
    atMs: Number.isFinite(firstMs) ? firstMs : 0,
    totalMs: selfMs + frames.reduce((sum, { totalMs }) => sum + totalMs, 0),
    children: frames,
  };
}
