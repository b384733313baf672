import type { FamilyImages, RuntimeRow } from './family-images';

function ruby(version: string, suite?: RuntimeRow['suite']): RuntimeRow {
  return { runtime: `ruby${version}`, family: 'ruby', version, ...(suite && { suite }) };
}

/** Of Lambda's Ruby versions, Debian has only 3.3. */
export const rubyImages: FamilyImages = {
  rows: [ruby('3.2'), ruby('3.3', 'trixie'), ruby('3.4')],
  hub: ({ version }) => `ruby:${version}-slim`,
  recipe: ({ runtime, version }, { base }) => ({
    kind: 'recipe',
    name: runtime,
    dockerfile: 'ruby/Dockerfile',
    sources: ['layout', 'ruby/root'],
    arguments: { BASE: base, VERSION: version },
  }),
};
