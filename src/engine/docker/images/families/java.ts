import { javaClient } from '../maven-packages';
import type { FamilyImages, RuntimeRow } from './family-images';

function java(version: string, suite?: RuntimeRow['suite']): RuntimeRow {
  return { runtime: `java${version}`, family: 'java', version, ...(suite && { suite }) };
}

/** Docker Hub's images have Java in `/opt`, where Lambda mounts layers. A Debian suite installs its own Java. */
export const javaImages: FamilyImages = {
  rows: [
    java('8.al2'),
    java('11', 'bullseye'),
    java('17', 'bookworm'),
    java('21', 'trixie'),
    java('25', 'trixie'),
  ],
  hub: ({ suite }) => suite && `debian:${suite}-slim`,
  recipe: ({ runtime, version }, { base, architecture }) => ({
    kind: 'recipe',
    name: runtime,
    dockerfile: 'java/Dockerfile',
    sources: ['layout', 'java/root'],
    arguments: { BASE: base, VERSION: version, MACHINE: architecture === 'arm64' ? 'aarch_64' : 'x86_64' },
    packages: [javaClient],
  }),
};
