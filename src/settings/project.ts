import { basename, dirname } from 'node:path';
import { sha256 } from '../lib/hash';

export const defaultPort = 9_000;

/** The address to connect to: a listener's "every address" is reached at the loopback address. */
export function endpointOf(host: string, port: number): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

/** `sam build` and `cdk synth` write templates into folders that they empty before each run. */
export function projectFolderOf(templateFile: string): string {
  const folder = dirname(templateFile);
  return folder.replace(/[/\\](\.aws-sam[/\\]build|cdk\.out)$/, '') || folder;
}

/** A readable name that no other path has, from the last part of `folder` and a hash of `path`. */
export function uniqueName(folder: string, path = folder): string {
  const last = basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-');
  return `${last.slice(0, 20).replaceAll(/^-+|-+$/g, '') || 'lambdock'}-${sha256(path).slice(0, 8)}`;
}
