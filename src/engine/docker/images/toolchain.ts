import type { Origin } from '../../../runtimes/bases';
import type { DebianBase, Recipe, RegistryImage } from './recipe';

export const compilerBases: Readonly<Record<Origin, RegistryImage | DebianBase>> = {
  aws: { kind: 'registry', reference: 'public.ecr.aws/docker/library/debian:bookworm-slim' },
  'docker-hub': { kind: 'registry', reference: 'debian:bookworm-slim' },
  debian: { kind: 'debian', suite: 'bookworm' },
};

/** The compilers, the same for everything that is compiled. */
export function toolchain(origin: Origin): Recipe {
  return {
    kind: 'recipe',
    name: 'toolchain',
    dockerfile: 'toolchain/Dockerfile',
    sources: [],
    arguments: { BASE: compilerBases[origin] },
  };
}
