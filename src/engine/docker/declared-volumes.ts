import { posix } from 'node:path';
import { sha256 } from '../../lib/hash';

/** How the volumes that an image declares are mounted in its sandboxes. */
export interface DeclaredVolumes {
  /** Named volumes that all sandboxes of the image share, read-only. */
  readonly readOnly: readonly { readonly name: string; readonly path: string }[];
  /** Paths below `/tmp`: each sandbox gets a separate tmpfs there. */
  readonly temporary: readonly string[];
}

/**
 * Lambda ignores `VOLUME`: the image's files at that path are there, read-only like the rest. An engine would mount a
 * writable volume of the host, so the path gets a volume that the engine fills from the image once and mounts
 * read-only.
 * @param image id of the image
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
