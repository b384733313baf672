import { readFile } from 'node:fs/promises';
import type { Bundle } from './bundle';

/** Metadata stored beside a bundle's folder. */
export interface BundleMetadata extends Omit<Bundle, 'hash' | 'folder'> {
  /** References to its sources, which are kept as long as it is. */
  readonly from?: readonly string[];
}

/** Undefined if the file does not exist or is damaged. */
export async function readBundleMetadata(path: string): Promise<BundleMetadata | undefined> {
  try {
    const read: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (typeof read !== 'object' || read === null) return undefined;
    if (!('sizeBytes' in read && typeof read.sizeBytes === 'number')) return undefined;
    if (!('codeSha256' in read && typeof read.codeSha256 === 'string')) return undefined;
    const from = 'from' in read && Array.isArray(read.from) ? read.from.map(String) : [];
    const warnings = 'warnings' in read && Array.isArray(read.warnings) ? read.warnings.map(String) : [];
    const { sizeBytes, codeSha256 } = read;
    return { sizeBytes, codeSha256, from, ...(warnings.length > 0 && { warnings }) };
  } catch {
    return undefined;
  }
}
