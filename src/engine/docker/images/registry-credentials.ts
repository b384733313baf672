import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

interface PasswordAuth {
  readonly username: string;
  readonly password: string;
  readonly serveraddress: string;
}

/** Credentials that the engine sends to a registry. */
export type RegistryAuth = PasswordAuth | { readonly identitytoken: string; readonly serveraddress: string };

/** Docker Hub's key in Docker's configuration. */
const dockerHub = 'https://index.docker.io/v1/';

/** A helper may query a keychain, which may ask the user. */
const helperLimitMs = 60_000;

interface DockerConfig {
  readonly auths?: Readonly<Record<string, StoredAuth>>;
  readonly credHelpers?: Readonly<Record<string, string>>;
  readonly credsStore?: string;
}

interface StoredAuth {
  /** `USER:PASSWORD` in Base64. */
  readonly auth?: string;
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
}

/** Credentials of registries from `docker login` and credential helpers. */
export class RegistryCredentials {
  constructor(
    /** Folder with Docker's `config.json`. The file is read at each use, since the user may log in at any time. */
    private readonly folder: string | undefined,
    /** Folder of the credential helpers. Empty: they are found through `PATH`. */
    private readonly helpers = '',
  ) {}

  /** Credentials for an image's registry; undefined if there are none. */
  async forImage(reference: string): Promise<RegistryAuth | undefined> {
    return this.#find(await this.#config(), registryOf(reference));
  }

  /** User names and passwords of all configured registries. A build may need any of them. */
  async all(): Promise<Record<string, PasswordAuth>> {
    const config = await this.#config();
    const servers = new Set([...Object.keys(config.auths ?? {}), ...Object.keys(config.credHelpers ?? {})]);
    const found = await Promise.all(
      [...servers].map(async (server) => {
        const auth = await this.#find(config, server === dockerHub ? server : hostOf(server));
        return auth !== undefined && 'username' in auth ? [[server, auth] as const] : [];
      }),
    );
    return Object.fromEntries(found.flat());
  }

  async #find(config: DockerConfig, server: string): Promise<RegistryAuth | undefined> {
    const helper = config.credHelpers?.[server] ?? config.credsStore;
    const helped =
      helper === undefined
        ? undefined
        : await askHelper(join(this.helpers, `docker-credential-${helper}`), server);
    if (helped !== undefined) return helped;
    const names = Object.keys(config.auths ?? {});
    const name = names.find((each) => each === server || hostOf(each) === hostOf(server));
    const stored = name === undefined ? undefined : config.auths?.[name];
    return stored && authOf(stored, server);
  }

  async #config(): Promise<DockerConfig> {
    if (this.folder === undefined) return {};
    try {
      const read: unknown = JSON.parse(await readFile(join(this.folder, 'config.json'), 'utf8'));
      return typeof read === 'object' && read !== null ? read : {};
    } catch {
      // Docker's command line also ignores a file that it cannot read.
      return {};
    }
  }
}

/** The registry of an image reference, by its name in Docker's configuration. */
export function registryOf(reference: string): string {
  const [first = '', ...rest] = reference.split('/');
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  return isHost && first !== 'docker.io' ? first : dockerHub;
}

function hostOf(server: string): string {
  return server.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
}

function authOf(stored: StoredAuth, serveraddress: string): RegistryAuth | undefined {
  const { auth = '', identitytoken } = stored;
  if (identitytoken) return { identitytoken, serveraddress };
  const [, user, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(auth, 'base64').toString()) ?? [];
  const username = stored.username ?? user;
  const password = stored.password ?? secret;
  return username === undefined || password === undefined ? undefined : { username, password, serveraddress };
}

/**
 * Asks a credential helper, which prints JSON. Resolves to undefined if it has no credentials.
 * https://github.com/docker/docker-credential-helpers
 */
function askHelper(program: string, server: string): Promise<RegistryAuth | undefined> {
  return new Promise((resolve) => {
    const child = execFile(program, ['get'], { timeout: helperLimitMs }, (error, stdout) => {
      if (error !== null) return resolve(undefined);
      try {
        const { Username, Secret } = JSON.parse(stdout) as { Username: string; Secret: string };
        const isToken = Username === '<token>';
        const auth = isToken ? { identitytoken: Secret } : { username: Username, password: Secret };
        return resolve({ ...auth, serveraddress: server });
      } catch {
        return resolve(undefined);
      }
    });
    child.stdin?.on('error', () => undefined).end(server);
  });
}
