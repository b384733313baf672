import { posix } from 'node:path';
import { sha256 } from '../../lib/hash';

/** How the volumes that an image declares are mounted in its sandboxes. */
export interface DeclaredVolumes {
  /** Named volumes, which all sandboxes of the image share and none can write to. */
  readonly readOnly: readonly { readonly name: string; readonly path: string }[];
  /** Below `/tmp`: each sandbox gets a tmpfs of its own there. */
  readonly temporary: readonly string[];
}

/**
 * Lambda ignores `VOLUME`: what an image has at such a path is there, and read-only like the rest of it. An engine
 * would mount a writable disk of the host's there, so the path gets a volume that the engine fills from the image once
 * and mounts read-only.
 * @param image its id
 */
export function declaredVolumes(
  paths: readonly string[],
  image: string,
  owner: { readonly instance: string; readonly boot: string },
): DeclaredVolumes {
  const all = [...new Set(paths.map((path) => posix.join('/', path).replace(/(.)\/$/, '$1')))].sort();
  const isTemporary = (path: string) => path.startsWith('/tmp/');
  return {
    readOnly: all
      .filter((path) => path !== '/tmp' && !isTemporary(path))
      .map((path) => ({
        name: `lambdock-${owner.instance}-${owner.boot}-${sha256(`${image} ${path}`).slice(0, 12)}`,
        path,
      })),
    temporary: all.filter(isTemporary),
  };
}
