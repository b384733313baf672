// Leaves of the development dependencies only what the compiler reads and what the page is bundled of; the
// versions stay those of the lock file. Installing test tools and linters as well would triple the time of this build.
const { readFileSync, writeFileSync } = require('node:fs');

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const bundled = ['esbuild', 'preact', 'uplot', 'd3-scale'];
const needed = ([name]) =>
  name === 'typescript' || bundled.includes(name) || (name.startsWith('@types/') && name !== '@types/jest');
manifest.devDependencies = Object.fromEntries(Object.entries(manifest.devDependencies).filter(needed));
// Packages of the workspace are not in the image.
delete manifest.workspaces;
writeFileSync('package.json', JSON.stringify(manifest));
