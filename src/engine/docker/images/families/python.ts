import { portablePython } from '../portable-python';
import { toolchain } from '../toolchain';
import type { FamilyImages, RuntimeRow } from './family-images';

function python(version: string, suite: RuntimeRow['suite']): RuntimeRow {
  return { runtime: `python${version}`, family: 'python', version, ...(suite && { suite }) };
}

/** A runtime on a portable build of CPython, on a suite that has another version. */
function portable(interpreter: string): RuntimeRow {
  return { ...python(interpreter.split('.', 2).join('.'), 'bookworm'), interpreter };
}

/** Debian has one Python per suite. Versions in between use portable builds. */
export const pythonImages: FamilyImages = {
  rows: [
    python('3.9', 'bullseye'),
    portable('3.10.16'),
    python('3.11', 'bookworm'),
    portable('3.12.3'),
    python('3.13', 'trixie'),
    python('3.14', 'forky'),
  ],
  hub: ({ version }) => `python:${version}-slim`,
  recipe: ({ runtime, version }, { base, compilers, architecture, interpreter }) => ({
    kind: 'recipe',
    name: runtime,
    dockerfile: 'python/Dockerfile',
    sources: [
      'layout',
      'python/install.sh',
      'python/requirements.txt',
      'python/requirements-lang.txt',
      'python/root',
    ],
    arguments: {
      BASE: base,
      VERSION: version,
      // Only a portable build is stripped. Other builds need no compilers.
      TOOLCHAIN: interpreter === undefined ? base : toolchain(compilers),
    },
    packages: interpreter === undefined ? [] : [portablePython(interpreter, architecture)],
  }),
};
