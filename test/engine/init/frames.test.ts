import fc from 'fast-check';
import {
  decode,
  encode,
  encodeFrame,
  type Frame,
  FrameError,
  FrameReader,
} from '../../../src/engine/init/frames';

const frames = fc.array(
  fc.record({
    type: fc.constantFrom('H', 'O', 'X', 'M'),
    payload: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  }),
  { maxLength: 12 },
);

/** Cuts bytes at the given places, which are taken modulo their number. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end));
}

const bytesOf = (list: readonly Frame[]) =>
  Buffer.concat(list.map(({ type, payload }) => encodeFrame(type, payload)));

/** What follows a command's header. */
const payloadOf = (frame: Buffer) => frame.subarray(5);

describe('FrameReader', () => {
  it('returns the same frames however the bytes are split', () => {
    fc.assert(
      fc.property(frames, fc.array(fc.nat(), { maxLength: 20 }), (list, places) => {
        const reader = new FrameReader();
        expect(cut(bytesOf(list), places).flatMap((chunk) => reader.push(chunk))).toEqual(list);
      }),
    );
  });

  it('returns a frame as soon as its last byte has arrived', () => {
    fc.assert(
      fc.property(frames, (list) => {
        const reader = new FrameReader();
        for (const frame of list) {
          const bytes = bytesOf([frame]);
          expect(reader.push(bytes.subarray(0, -1))).toEqual([]);
          expect(reader.push(bytes.subarray(-1))).toEqual([frame]);
        }
      }),
    );
  });

  it('refuses a frame that is longer than any an init sends', () => {
    const reader = new FrameReader();
    expect(() => reader.push(Buffer.from([0x4f, 0x7f, 0xff, 0xff, 0xff]))).toThrow(FrameError);
  });
});

describe('decode', () => {
  const frame = (type: string, ...payload: (number | string)[]): Frame => ({
    type,
    payload: Buffer.concat(
      payload.map((part) => (typeof part === 'number' ? Buffer.from([part]) : Buffer.from(part))),
    ),
  });

  it.each([
    [frame('H', 2, 2, 0, 0, 1, 0, 0), { is: 'hello', cgroupVersion: 2, pid: 256, handedOver: false }],
    [frame('H', 2, 9, 0, 0, 0, 1, 1), { is: 'hello', cgroupVersion: 0, pid: 1, handedOver: true }],
    [
      frame('O', 2, 'a\0', 'b\0c'),
      { is: 'output', process: 'a', stream: 'stderr', bytes: Buffer.from('b\0c') },
    ],
    [frame('X', 'a\0', 0, 3, 0), { is: 'exited', process: 'a', exit: { code: 3, outOfMemory: false } }],
    [
      frame('X', 'a\0', 1, 9, 1),
      { is: 'exited', process: 'a', exit: { signal: 'SIGKILL', outOfMemory: true } },
    ],
    [
      frame('X', 'a\0', 1, 40, 0),
      { is: 'exited', process: 'a', exit: { signal: 'SIG40', outOfMemory: false } },
    ],
    [
      frame('P', 'a\0', 1, 0, 0, 0, 20),
      { is: 'start-failed', process: 'a', step: 'working-directory', code: 'ENOTDIR' },
    ],
    [
      frame('P', 'a\0', 2, 0, 0, 0, 99),
      { is: 'start-failed', process: 'a', step: 'command', code: 'errno 99' },
    ],
    [
      frame('M', 0, 0, 0, 7, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3),
      { is: 'memory', id: 7, figures: { currentBytes: 2 ** 32, peakBytes: 2, tmpBytes: 3 } },
    ],
    [frame('D', 0, 0, 0, 1, 0), { is: 'done', id: 1, clean: true }],
    [frame('D', 0, 0, 0, 1, 1), { is: 'done', id: 1, clean: false }],
    [frame('N', 0, 0, 0, 1), { is: 'extensions', id: 1, files: [] }],
    [
      frame('N', 0, 0, 0, 1, '+a\0-bé\0'),
      {
        is: 'extensions',
        id: 1,
        files: [
          { name: 'a', executable: true },
          { name: 'bé', executable: false },
        ],
      },
    ],
    [frame('E', 0, 0, 0, 1, 0, 0, 0, 111), { is: 'dial-failed', id: 1, code: 'ECONNREFUSED' }],
  ])('%j', (given, event) => {
    expect(decode(given)).toEqual(event);
  });

  it('decodes any bytes to an event or a FrameError', () => {
    const letter = fc.constantFrom(...'HOXPMDNEZ');
    fc.assert(
      fc.property(letter, fc.uint8Array({ maxLength: 40 }), (type, bytes) => {
        let caught: unknown;
        try {
          decode({ type, payload: Buffer.from(bytes) });
        } catch (error) {
          caught = error;
        }
        expect(caught === undefined || caught instanceof FrameError).toBe(true);
      }),
    );
  });
});

describe('encode', () => {
  it('writes a start as flags, name, folder, number of arguments, arguments, variables', () => {
    const frame = encode.start({
      name: 'runtime',
      command: ['/bin/sh', '-c', ''],
      workingDirectory: '/var/task',
      environment: { A: '1', EMPTY: '' },
      telemetryDescriptor: true,
    });
    expect(frame.toString('latin1', 0, 1)).toBe('S');
    expect(frame.readUInt32BE(1)).toBe(frame.length - 5);
    expect(payloadOf(frame).readUInt32BE(0)).toBe(1);
    expect(payloadOf(frame).toString('utf8', 4)).toBe(
      'runtime\0/var/task\0\0\0\0\x03/bin/sh\0-c\0\0A=1\0EMPTY=\0',
    );
  });

  it('refuses a text with a NUL, which would be read as two', () => {
    const start = { name: 'a', command: ['a'], workingDirectory: '/', environment: { A: 'x\0B=y' } } as const;
    expect(() => encode.start(start)).toThrow(RangeError);
  });

  it.each([
    [encode.kill('a', 'SIGTERM'), 'K', 'a\0\x0f'],
    [encode.kill('a', 'SIGKILL'), 'K', 'a\0\x09'],
    [encode.freeze(), 'F', ''],
    [encode.thaw(), 'T', ''],
    [encode.reset(1), 'R', '\0\0\0\x01'],
    [encode.clean(258), 'C', '\0\0\x01\x02'],
    [encode.memory(1, false), 'M', '\0\0\0\x01\0'],
    [encode.memory(1, true), 'M', '\0\0\0\x01\x01'],
    [encode.watch(2 ** 33), 'W', '\0\0\0\x02\0\0\0\0'],
    [encode.list(1), 'L', '\0\0\0\x01'],
    [encode.dial(1, 4243), 'B', '\0\0\0\x01\x10\x93'],
    [encode.quit(), 'Q', ''],
  ])('%s', (frame, type, payload) => {
    expect(frame).toEqual(encodeFrame(type, Buffer.from(payload, 'latin1')));
  });
});
