'use strict';
// Installs what a package-lock.json lists, without what only browsers, bundlers and compilers read:
//   node install-packages.cjs LOCK TARGET
// Ten times less to write than with npm ci, and in a third of its time. NPM names the folder of npm, which downloads.
const { execFileSync, spawn } = require('node:child_process');
const { once } = require('node:events');
const { mkdirSync, readFileSync } = require('node:fs');

const [lockFile, target] = process.argv.slice(2);
const npm = process.env.NPM;
const { tarball } = require(`${npm}/node_modules/pacote`);
const asked = execFileSync(process.execPath, [`${npm}/bin/npm-cli.js`, 'config', 'get', 'registry'], {
  encoding: 'utf8',
});
const registry = `${asked.trim().replace(/\/*$/, '')}/`;
const downloadsAtOnce = 16;

const { packages } = JSON.parse(readFileSync(lockFile, 'utf8'));
const remaining = Object.entries(packages).filter(([place]) => place !== '');

const unread = ['dist-es', 'dist-types', '*.md', '*.d.ts', '*.map', 'package/dist/aws-sdk*'];

async function install([place, { version, integrity }]) {
  const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const url = new URL(`${name}/-/${name.split('/').at(-1)}-${version}.tgz`, registry);
  const content = await tarball(url.href, { integrity });
  const folder = `${target}/${place}`;
  mkdirSync(folder, { recursive: true });
  const options = ['--no-same-owner', '--strip-components=1', '--warning=no-unknown-keyword'];
  const excluded = unread.map((pattern) => `--exclude=${pattern}`);
  const tar = spawn('tar', ['-xz', '-C', folder, ...options, ...excluded], {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  tar.stdin.end(content);
  const [code] = await once(tar, 'exit');
  if (code !== 0) throw new Error(`tar could not unpack ${url}: exit code ${code}`);
}

async function work() {
  for (let next = remaining.pop(); next; next = remaining.pop()) await install(next);
}

Promise.all(Array.from({ length: downloadsAtOnce }, work)).catch((error) => {
  console.error(`${error.message}`);
  process.exit(1);
});
