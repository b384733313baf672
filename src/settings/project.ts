import { basename, dirname } from 'node:path';
import { sha256 } from '../lib/hash';

export const defaultPort = 9_000;

/** The address to connect to. A listener on all addresses is reached at the loopback address. */
export function endpointOf(host: string, port: number): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

/** `sam build` and `cdk synth` clear their output folder on each run, so it cannot be the project's folder. */
export function projectFolderOf(templateFile: string): string {
  const folder = dirname(templateFile);
  return folder.replace(/[/\\](\.aws-sam[/\\]build|cdk\.out)$/, '') || folder;
}

/** A readable, unique name: the last part of `folder` and a hash of `path`. */
export function uniqueName(folder: string, path = folder): string {
  const last = basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-');
  return `${last.slice(0, 20).replaceAll(/^-+|-+$/g, '') || 'lambdock'}-${sha256(path).slice(0, 8)}`;
}
