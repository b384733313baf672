import { createRequire } from 'node:module';
import type Dockerode from 'dockerode';

type Require = ReturnType<typeof createRequire>;

/**
 * Loads the client without its modules for SSH and BuildKit sessions, which lambdock does not use: loading them takes a
 * quarter of lambdock's start time.
 */
export function loadDockerode(): typeof Dockerode {
  const load = createRequire(__filename);
  const client = createRequire(load.resolve('dockerode'));
  const modem = createRequire(client.resolve('docker-modem'));
  const leftOut = [
    modem.resolve('ssh2'),
    client.resolve('@grpc/grpc-js'),
    client.resolve('@grpc/proto-loader'),
  ].filter((path) => load.cache[path] === undefined);
  for (const path of leftOut) load.cache[path] = emptyModule(path);
  try {
    return load('dockerode') as typeof Dockerode;
  } finally {
    // Other code that loads them gets the real modules.
    for (const path of leftOut) delete load.cache[path];
  }
}

function emptyModule(path: string): NonNullable<Require['cache'][string]> {
  return Object.assign(Object.create(module.constructor.prototype), {
    id: path,
    filename: path,
    path,
    exports: {},
    loaded: true,
    children: [],
    paths: [],
  });
}
