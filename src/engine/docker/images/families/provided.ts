import type { FamilyImages, RuntimeRow } from './family-images';

function provided(version: string): RuntimeRow {
  return { runtime: `provided.${version}`, family: 'provided', version, suite: 'bookworm' };
}

export const providedImages: FamilyImages = {
  rows: ['al2', 'al2023'].map(provided),
  hub: () => 'debian:bookworm-slim',
  recipe: ({ runtime }, { base }) => ({
    kind: 'recipe',
    name: runtime,
    dockerfile: 'provided/Dockerfile',
    sources: ['layout'],
    arguments: { BASE: base },
  }),
};
