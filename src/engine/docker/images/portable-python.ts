import { createReadStream, createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { Pack } from 'tar-stream';
import type { Architecture } from '../../../aws/architecture';
import { runChild } from '../../../lib/child';
import { LastLines } from '../../../lib/text/last-lines';
import { EngineError } from '../../engine';

/**
 * Releases of a Go module with pip and portable builds of CPython (python-build-standalone) for all systems:
 * https://pkg.go.dev/github.com/kluctl/go-embed-python. `sum` is the release's line in go.sum.
 */
const goModule = 'github.com/kluctl/go-embed-python';
const releases: Readonly<Record<string, { readonly tag: string; readonly sum: string }>> = {
  '3.10.16': {
    tag: 'v0.0.0-3.10.16-20241219-1',
    sum: 'h1:bfJRrtWlbdrPtwXXXZzA95yj2Pr9AvSbxDEm8YvbaP0=',
  },
  '3.12.3': {
    tag: 'v0.0.0-3.12.3-20240415-1',
    sum: 'h1:IX2O3LJUL0AjYsROGZ4aNENTEb3c/Ll/0b9Yb/8P61Q=',
  },
};

const specs = /^cpython@(.+)-linux-(amd64|arm64)$/;

/** Package entry in a recipe, for example `cpython@3.12.3-linux-amd64`. */
export function portablePython(version: string, architecture: Architecture): string {
  return `cpython@${version}-linux-${architecture === 'arm64' ? 'arm64' : 'amd64'}`;
}

export function isPortablePython(spec: string): boolean {
  return specs.test(spec);
}

/** Downloads the release with the host's Go and writes `python/` and `pip/` of this spec to `archive`. */
export async function packPython(spec: string, archive: string, caFile: string | undefined): Promise<void> {
  const [, version = '', platform = ''] = specs.exec(spec) ?? [];
  const release = releases[version];
  if (release === undefined) throw new Error(`No portable build of CPython ${version} is known`);
  const folder = await download(spec, release.tag, release.sum, path.dirname(archive), caFile);
  const { pack } = await import('tar-stream');
  const files = pack();
  const fill = async () => {
    await addTree(files, 'python', path.join(folder, 'python/internal/data', `linux-${platform}`));
    await addTree(files, 'pip', path.join(folder, 'pip/internal/data'));
    files.finalize();
  };
  await Promise.all([pipeline(files, createGzip({ level: 1 }), createWriteStream(archive)), fill()]);
}

/** Path of the unpacked module, in a separate module cache below `scratch`. */
async function download(
  spec: string,
  tag: string,
  sum: string,
  scratch: string,
  caFile: string | undefined,
): Promise<string> {
  const last = new LastLines();
  const printed: string[] = [];
  const certificates = caFile === undefined ? [] : [`SSL_CERT_FILE=${caFile}`];
  const code = await runChild({
    command: 'env',
    arguments: [
      ...[`GOMODCACHE=${path.join(scratch, 'modules')}`, 'GOFLAGS=-modcacherw', ...certificates],
      ...['go', 'mod', 'download', '-json', `${goModule}@${tag}`],
    ],
    folder: scratch,
    onLine(line) {
      printed.push(line);
      last.push(line);
    },
  });
  if (code === 127) {
    throw new EngineError(
      'runtime-unavailable',
      `Go is required to download ${spec} but was not found in PATH. ` +
        'Install Go 1.17 or later, or name an image that has the runtime: `bases: RUNTIME=IMAGE`.',
    );
  }
  const answer = printed.join('\n');
  const read = (name: string) => new RegExp(`"${name}": "([^"]*)"`).exec(answer)?.[1];
  const folder = read('Dir');
  if (code !== 0 || folder === undefined) {
    throw new EngineError(
      'build-failed',
      `Go failed to download ${spec}. Check that its module proxy is reachable, then try again. Last output:${last}`,
    );
  }
  if (read('Sum') !== sum) {
    throw new EngineError(
      'build-failed',
      `The download of ${spec} was refused: ${goModule}@${tag} has the checksum ${read('Sum')}, not ${sum}. Check the module proxy.`,
    );
  }
  return folder;
}

interface ListedFile {
  readonly name: string;
  readonly size: number;
  /** Permission bits, as in Go's `fs.FileMode`. */
  readonly perm: number;
  readonly symlink?: string;
  /** Whether the file is stored as `NAME.gz`. */
  readonly compressed?: boolean;
}

const directoryBit = 0x8000_0000;
/** Files that are left out: modules that need a display, headers and build files. */
const left = /^lib\/python[\d.]+\/(tkinter|idlelib|turtledemo|config-[^/]*|test)(\/|$)/;

async function addTree(archive: Pack, prefix: string, folder: string): Promise<void> {
  const { files } = JSON.parse(await readFile(path.join(folder, 'files.json'), 'utf8')) as {
    readonly files: readonly ListedFile[];
  };
  for (const { name, size, perm, symlink, compressed } of files) {
    if (left.test(name)) continue;
    const header = { name: `${prefix}/${name}`, mode: perm & 0o777, uid: 0, gid: 0, mtime: new Date(0) };
    if (symlink !== undefined) archive.entry({ ...header, type: 'symlink', linkname: symlink, mode: 0o777 });
    else if (Math.floor(perm / directoryBit) % 2 === 1)
      archive.entry({ ...header, type: 'directory', mode: 0o755 });
    else {
      const stored = createReadStream(path.join(folder, compressed ? `${name}.gz` : name));
      const content: Readable = compressed ? stored.pipe(createGunzip()) : stored;
      await pipeline(content, archive.entry({ ...header, size }));
    }
  }
}
