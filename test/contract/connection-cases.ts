import { createServer, type Server } from 'node:http';
import { EngineError } from '../../src/engine/engine';
import { getThrough } from '../support/get-through';
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
        request.pipe(response);
      });
    });

    withSandbox('those to port 9001 carry HTTP, both ways and large', async (_sandbox, recorder, run) => {
      recorder.onConnected = (socket) => api.emit('connection', socket);
      run('small', ['post', 5]);
      run('large', ['post', 6 * mebibyte]);
      await Promise.all([recorder.exitOf('small'), recorder.exitOf('large')]);
      expect(recorder.text('small')).toBe('asking200 5');
      expect(recorder.text('large')).toBe(`asking200 ${6 * mebibyte}`);
      expect(paths).toEqual(['POST /echo', 'POST /echo']);
    });

    withSandbox('what was printed before a request is told before it', async (_sandbox, recorder, run) => {
      let toldAtRequest = '';
      recorder.onConnected = (socket) => {
        const server = createServer((request, response) => {
          toldAtRequest = recorder.text('p');
          request.pipe(response);
        });
        server.emit('connection', socket);
      };
      run('p', ['post', 1]);
      await recorder.exitOf('p');
      expect(toldAtRequest).toBe('asking');
    });

    withSandbox(
      'figures are told unasked ahead of a poll, and before them all that was printed',
      async (sandbox, recorder, run) => {
        recorder.onConnected = (socket) => api.emit('connection', socket);
        run('p', ['poll']);
        await recorder.exitOf('p');
        expect(recorder.told.slice(0, 2)).toEqual(['p stdout polling', 'measured']);
        expect(recorder.measurements).toHaveLength(1);
        expect((await sandbox.figures()).peakBytes).toBeGreaterThanOrEqual(
          recorder.measurements[0]?.peakBytes ?? Number.NaN,
        );
      },
    );

    withSandbox('a port inside can be dialled', async (sandbox, recorder, run) => {
      run('p', ['serve', 8_123]);
      await recorder.untilPrinted('p', 'up');
      const socket = await sandbox.dial(8_123);
      expect(await getThrough(socket, '/logs')).toBe('inside /logs');
      await expect(sandbox.dial(8_124)).rejects.toBeInstanceOf(EngineError);
    });
  });
}
