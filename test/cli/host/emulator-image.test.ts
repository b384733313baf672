import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { buildStep, emulatorTag } from '../../../src/cli/host/emulator-image';
import { packageFolder } from '../../../src/cli/host/package-folder';
import { settingSources } from '../../../src/settings/sources';
import { version } from '../../../src/settings/version';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

test.each([
  ['Step 7/21 : RUN npm install', { text: 'step 7 of 21: RUN npm install', fraction: 7 / 21 }],
  ['#12 [lambdock build 3/6] RUN npm install', { text: 'step 3 of 6: RUN npm install', fraction: 0.5 }],
  ['#12 [1/4] FROM node:24-slim', { text: 'step 1 of 4: FROM node:24-slim', fraction: 0.25 }],
  ['Step 8/21 : COPY src src', undefined],
  [' ---> Using cache', undefined],
  ['#12 0.512 added 90 packages', undefined],
])('a line of a build: %s', (line, step) => {
  expect(buildStep(line)).toEqual(step);
});

test('the tag stays as long as nothing changes that the image is made from', async () => {
  const tag = await emulatorTag('node:24-slim');
  expect(tag).toMatch(/^[0-9a-f]{12}$/);
  expect(await emulatorTag('node:24-slim')).toBe(tag);
  expect(await emulatorTag('node:22-slim')).not.toBe(tag);
});

test('the tag of the npm package changes with its compiled files', async () => {
  await using folder = await TemporaryFolder.make();
  await Promise.all(['dist', 'images'].map((each) => mkdir(join(folder.path, each))));
  await writeFile(join(folder.path, 'package.json'), '{}');
  await writeFile(join(folder.path, 'dist', 'main.js'), '1');
  const tag = await emulatorTag('node:24-slim', folder.path);
  await writeFile(join(folder.path, 'dist', 'main.js'), '2');
  expect(await emulatorTag('node:24-slim', folder.path)).not.toBe(tag);
});

test('a checkout and the npm package build the same last stage', () => {
  const lastStage = (name: string) => {
    const text = readFileSync(join(packageFolder, 'images', 'emulator', name), 'utf8');
    return text.slice(text.lastIndexOf('FROM ')).replace('--from=build /build/dist', 'dist');
  };
  expect(lastStage('package.Dockerfile')).toBe(lastStage('Dockerfile'));
});

const compose = parse(readFileSync(join(packageFolder, 'docker-compose.yml'), 'utf8'));

test('docker compose up without a tag builds an image that is called by the version', () => {
  expect(compose.services.lambdock.image).toBe(`lambdock/emulator:\${LAMBDOCK_TAG:-${version}}`);
});

test('every setting reaches the container, but those that the container decides', () => {
  const decided = ['port', 'host', 'endpoint', 'data', 'caFile', 'dockerHost', 'tlsFolder', 'debugHost'];
  // `up` merges them into LAMBDOCK_PARAMETERS and LAMBDOCK_ENV_VARS.
  const merged = ['parameterOverrides', 'containerEnvVars'];
  const others = Object.values(settingSources).filter(({ flag }) => ![...decided, ...merged].includes(flag));
  const handedOn = Object.keys(compose.services.lambdock.environment);
  expect(handedOn).toEqual(expect.arrayContaining(others.map(({ variables: [name] }) => name)));
});
