import type { Architecture } from '../../../../aws/architecture';
import type { Recipe } from '../recipe';
import { toolchain } from '../toolchain';
import type { FamilyImages, RuntimeRow } from './family-images';

/** npm packages in images. Their exact versions are part of an image's hash. */
const clientPackages = ['aws-lambda-ric@3.3.0', 'aws-lambda-ric@4.0.2', 'node-addon-api@8.3.1'];
/** Node-API is the same in all versions, so the addon is compiled with the headers of one. */
const headersVersion = '22.23.3';
const npmVersion = '10.9.9';
/** The last npm that runs on Node.js 16. */
const npmVersionFor16 = '9.9.4';

/** The interpreter is an npm package. */
function nodejs(interpreter: string): RuntimeRow {
  const version = interpreter.split('.', 1).join('');
  return { runtime: `nodejs${version}.x`, family: 'nodejs', version, suite: 'bookworm', interpreter };
}

function nodePackage(version: string, architecture: Architecture): string {
  return `node-linux-${architecture === 'arm64' ? 'arm64' : 'x64'}@${version}`;
}

/** The AWS SDK of Lambda's image: version 2 for Node.js 16, version 3 for later ones. */
function sdkOf({ version }: RuntimeRow, compilers: Recipe, architecture: Architecture): Recipe {
  const lock = Number(version) < 18 ? 'sdk-v2' : 'sdk-v3';
  return {
    kind: 'recipe',
    name: `nodejs-${lock}`,
    dockerfile: 'nodejs/sdk.Dockerfile',
    sources: ['nodejs/install-packages.cjs', `nodejs/${lock}/package-lock.json`],
    arguments: { TOOLCHAIN: compilers, LOCK: lock },
    packages: [nodePackage(headersVersion, architecture), `npm@${npmVersion}`],
  };
}

export const nodejsImages: FamilyImages = {
  rows: ['16.20.2', '18.20.8', '20.20.2', '22.23.3', '24.21.0'].map(nodejs),
  hub: ({ version }) => `node:${version}-slim`,
  recipe(row, { base, compilers: origin, architecture, interpreter }) {
    const compilers = toolchain(origin);
    const client: Recipe = {
      kind: 'recipe',
      name: 'nodejs-client',
      dockerfile: 'nodejs/client.Dockerfile',
      sources: ['nodejs/client.mk'],
      arguments: { TOOLCHAIN: compilers },
      packages: [...clientPackages, nodePackage(headersVersion, architecture)],
    };
    return {
      kind: 'recipe',
      name: row.runtime,
      dockerfile: 'nodejs/Dockerfile',
      sources: ['layout', 'nodejs/root'],
      arguments: {
        BASE: base,
        TOOLCHAIN: compilers,
        CLIENT: client,
        SDK: sdkOf(row, compilers, architecture),
        // From Node.js 24 on, Lambda's client no longer supports handlers with a callback.
        CLIENT_LINE: Number(row.version) >= 24 ? '4' : '3',
        MAJOR: row.version,
      },
      packages: interpreter === undefined ? [] : [nodePackage(interpreter, architecture)],
    };
  },
  packager({ runtime, version }, { origin, plan }) {
    if (origin !== 'debian') return plan;
    const npm = Number(version) < 18 ? npmVersionFor16 : npmVersion;
    return {
      kind: 'recipe',
      name: `${runtime}-build`,
      dockerfile: 'nodejs/build.Dockerfile',
      sources: [],
      arguments: { RUNTIME: plan, NPM: `npm-${npm}.tgz` },
      packages: [`npm@${npm}`],
    };
  },
};
