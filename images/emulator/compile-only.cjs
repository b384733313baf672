// Leaves of the development dependencies only what the compiler reads; the versions stay those of the
// lock file. Installing test tools and linters as well would triple the time of this build.
const { readFileSync, writeFileSync } = require('node:fs');

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const needed = ([name]) => name === 'typescript' || (name.startsWith('@types/') && name !== '@types/jest');
manifest.devDependencies = Object.fromEntries(Object.entries(manifest.devDependencies).filter(needed));
writeFileSync('package.json', JSON.stringify(manifest));
