import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '../../../src/engine/docker/connect';
import { systemClock } from '../../../src/lib/clock';

/** `METHOD /path` (without query) to status and body; a function is asked each time. */
export type Answers = Readonly<Record<string, Answer | (() => Answer)>>;
type Answer = readonly [status: number, body: unknown];

/** An HTTP server on a socket that answers as an engine would. What is not scripted is 404. */
export async function scriptedDockerApi(answers: Answers) {
  const folder = await mkdtemp(join(tmpdir(), 'api-'));
  const socketPath = join(folder, 'docker.sock');
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = `${request.method} ${(request.url ?? '').split('?')[0]}`;
    requests.push(`${request.method} ${request.url}`);
    request.resume();
    const scripted = path === 'GET /_ping' ? ([200, 'OK'] as const) : answers[path];
    const [status, body] = (typeof scripted === 'function' ? scripted() : scripted) ?? [
      404,
      { message: `no ${path}` },
    ];
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  const connection = await connect({
    address: `unix://${socketPath}`,
    platform: 'linux',
    clock: systemClock,
  });
  return {
    connection,
    docker: connection.docker,
    socketPath,
    /** `METHOD /path?query`, in order of arrival. */
    requests,
    async [Symbol.asyncDispose](): Promise<void> {
      connection.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}
