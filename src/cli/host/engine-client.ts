import { rootErrnoOf } from '../../lib/errno';
import { readAll, send } from '../client/http';

export interface ContainerSummary {
  readonly id: string;
  readonly running: boolean;
  readonly labels: Readonly<Record<string, string>>;
  /** On the host; none while the container is stopped. */
  readonly publishedPorts: readonly number[];
}

/** A container in the engine's list. Podman omits empty members. */
interface EngineContainer {
  readonly Id: string;
  readonly State: string;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly Ports?: readonly { readonly PublicPort?: number }[] | null;
}

/** The requests that `up` and `down` send to an engine, over its socket. */
export class EngineClient {
  constructor(readonly socketPath: string) {}

  /** `up` when an engine answers, otherwise why none does. */
  async ping(): Promise<'up' | 'forbidden' | 'silent'> {
    try {
      const answer = await this.#send('GET', '/_ping', AbortSignal.timeout(3_000));
      return answer.status === 200 ? 'up' : 'silent';
    } catch (error) {
      return rootErrnoOf(error) === 'EACCES' ? 'forbidden' : 'silent';
    }
  }

  /** The engine's name and version, e.g. `Docker 28.2.2`. */
  async name(): Promise<string> {
    const { body } = await this.#send('GET', '/version');
    const { Version, Components } = body as { Version?: string; Components?: { Name?: string }[] };
    return `${Components?.[0]?.Name?.startsWith('Podman') ? 'Podman' : 'Docker'} ${Version ?? ''}`.trim();
  }

  async hasImage(reference: string): Promise<boolean> {
    return (await this.#send('GET', `/images/${encodeURIComponent(reference)}/json`)).status === 200;
  }

  /** Gives an image another name. */
  async tagImage(reference: string, repository: string, tag: string): Promise<void> {
    const query = new URLSearchParams({ repo: repository, tag });
    await this.#send('POST', `/images/${encodeURIComponent(reference)}/tag?${query}`);
  }

  /** Containers with all these labels (`key` or `key=value`), including stopped ones. */
  async containers(labels: readonly string[]): Promise<readonly ContainerSummary[]> {
    const filters = encodeURIComponent(JSON.stringify({ label: labels }));
    const { body } = await this.#send('GET', `/containers/json?all=true&filters=${filters}`);
    return (body as EngineContainer[]).map(({ Id, State, Labels, Ports }) => ({
      id: Id,
      running: State === 'running',
      labels: Labels ?? {},
      publishedPorts: (Ports ?? []).flatMap(({ PublicPort }) => PublicPort ?? []),
    }));
  }

  async removeContainer(id: string): Promise<void> {
    await this.#send('DELETE', `/containers/${id}?force=true&v=true`);
  }

  /** Removes networks with this label (`key=value`) that no container uses. */
  async removeNetworks(label: string): Promise<void> {
    const filters = encodeURIComponent(JSON.stringify({ label: [label] }));
    const { body } = await this.#send('GET', `/networks?filters=${filters}`);
    for (const { Id } of body as { Id: string }[]) await this.#send('DELETE', `/networks/${Id}`);
  }

  async #send(method: 'GET' | 'POST' | 'DELETE', path: string, signal?: AbortSignal) {
    const answer = await send(
      { socketPath: this.socketPath },
      { method, path, headers: { host: 'docker' }, ...(signal ? { signal } : {}) },
    );
    const text = (await readAll(answer)).toString();
    const isJson = answer.headers['content-type']?.startsWith('application/json') ?? false;
    return {
      status: answer.statusCode ?? 0,
      body: isJson && text !== '' ? (JSON.parse(text) as unknown) : undefined,
    };
  }
}
