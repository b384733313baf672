import { createServer, type Server } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { EngineError } from '../../src/engine/engine';
import { stampHeader } from '../../src/execution/runtime-link';
import { getThrough } from '../support/engine/get-through';
import type { WithSandbox } from './engine-contract';

const mebibyte = 1024 * 1024;

/** What holds for connections out of a sandbox and into it. */
export function connectionCases(withSandbox: WithSandbox): void {
  describe('connections', () => {
    let api: Server;
    let paths: string[];

    beforeEach(() => {
      paths = [];
      api = createServer((request, response) => {
        paths.push(`${request.method} ${request.url}`);
        // As the Runtime API does: a client that sends first and then reads would wait for an echo that waits for it.
        void buffer(request).then(
          (body) => response.end(body),
          () => response.destroy(),
        );
      });
    });

    withSandbox(
      'connections to port 9001 carry HTTP in both directions, also large bodies',
      async (_sandbox, recorder, run) => {
        recorder.onConnected = (socket) => api.emit('connection', socket);
        run('small', ['post', 5]);
        run('large', ['post', 6 * mebibyte]);
        await Promise.all([recorder.exitOf('small'), recorder.exitOf('large')]);
        expect(recorder.text('small')).toBe('asking200 5');
        expect(recorder.text('large')).toBe(`asking200 ${6 * mebibyte}`);
        expect(paths).toEqual(['POST /echo', 'POST /echo']);
      },
    );

    withSandbox(
      'output printed before a request is emitted before it, or in the same turn of the event loop',
      async (sandbox, recorder, run) => {
        let printedAtRequest = '';
        recorder.onConnected = (socket) => {
          const server = createServer((request, response) => {
            const look = () => {
              printedAtRequest = recorder.text('runtime');
              request.pipe(response);
            };
            if (sandbox.direct) setImmediate(look);
            else look();
          });
          server.emit('connection', socket);
        };
        run('runtime', ['post', 1]);
        await recorder.exitOf('runtime');
        expect(printedAtRequest).toBe('asking');
      },
    );

    withSandbox(
      'a relayed poll carries the memory figures, which are valid once all earlier output was emitted',
      async (sandbox, recorder, run) => {
        const polls: (string | undefined)[] = [];
        recorder.onConnected = (socket) => {
          const server = createServer((request, response) => {
            polls.push(request.headers[stampHeader] as string | undefined);
            response.end();
          });
          server.emit('connection', socket);
        };
        run('runtime', ['poll']);
        await recorder.exitOf('runtime');
        const [stamp = 'none'] = polls;
        const figures = sandbox.figuresOf(stamp);
        if (sandbox.direct) expect(polls).toEqual([undefined]);
        else expect(figures?.peakBytes).toBeLessThanOrEqual((await sandbox.figures()).peakBytes);
        expect(recorder.events[0]).toBe('runtime stdout polling');
        expect(sandbox.figuresOf('none')).toBeUndefined();
      },
    );

    withSandbox('dials a port inside the sandbox', async (sandbox, recorder, run) => {
      run('runtime', ['serve', 8_123]);
      await recorder.untilPrinted('runtime', 'up');
      const socket = await sandbox.dial(8_123);
      expect(await getThrough(socket, '/logs')).toBe('inside /logs');
      await expect(sandbox.dial(8_124)).rejects.toBeInstanceOf(EngineError);
    });
  });
}
