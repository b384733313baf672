import type { MemoryFigures, OutputStream, ProcessExit, ProcessSpec } from '../engine';
import { errorName, signalName } from './linux-names';

/**
 * The frames of an init's control connection: 1 byte type, 4 bytes big-endian payload length, payload.
 * `images/init/PROTOCOL.md` tells what each means.
 */

export const protocolVersion = 1;

const headerBytes = 5;
/** An init's longest frame is an output frame: 64 KiB and a name. What is longer is not from an init. */
const payloadMostBytes = 1_048_576;

export interface Frame {
  readonly type: string;
  readonly payload: Buffer;
}

/** Not an init's bytes, or those of another version. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

/** Cuts a stream of bytes into frames, however it is split. Payloads share memory with the chunks. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #length = 0;
  #wanted = headerBytes;

  /** @throws FrameError for a frame that is longer than any init sends. */
  push(chunk: Buffer): Frame[] {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length < this.#wanted) return [];

    let bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    const frames: Frame[] = [];
    for (;;) {
      this.#wanted = headerBytes;
      if (bytes.length < this.#wanted) break;
      const payloadBytes = bytes.readUInt32BE(1);
      if (payloadBytes > payloadMostBytes) throw new FrameError(`a frame of ${payloadBytes} bytes`);
      this.#wanted += payloadBytes;
      if (bytes.length < this.#wanted) break;
      frames.push({
        type: String.fromCharCode(bytes.readUInt8(0)),
        payload: bytes.subarray(headerBytes, this.#wanted),
      });
      bytes = bytes.subarray(this.#wanted);
    }
    this.#chunks = bytes.length === 0 ? [] : [bytes];
    this.#length = bytes.length;
    return frames;
  }
}

export function encodeFrame(type: string, ...parts: readonly Uint8Array[]): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.write(type, 'latin1');
  header.writeUInt32BE(
    parts.reduce((sum, part) => sum + part.length, 0),
    1,
  );
  return Buffer.concat([header, ...parts]);
}

const unsigned = (value: number, bytes: 1 | 2 | 4) => {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntBE(value, 0, bytes);
  return buffer;
};

/** @throws RangeError where a text has a NUL, which no argument and no variable can hold. */
function texts(values: readonly string[]): Buffer {
  const nul = values.find((value) => value.includes('\0'));
  if (nul !== undefined) throw new RangeError(`${JSON.stringify(nul)} has a NUL character`);
  return Buffer.from(values.map((value) => `${value}\0`).join(''));
}

export const encode = {
  /** `direct`: it writes to the pipes that were handed over. */
  start: (spec: ProcessSpec, direct = false) =>
    encodeFrame(
      'S',
      unsigned((spec.telemetryDescriptor ? 1 : 0) + (direct ? 2 : 0), 4),
      texts([
        spec.name,
        spec.workingDirectory,
        String(spec.command.length),
        ...spec.command,
        ...Object.entries(spec.environment).map(([name, value]) => `${name}=${value}`),
      ]),
    ),
  kill: (process: string, signal: 'SIGTERM' | 'SIGKILL') =>
    encodeFrame('K', texts([process]), unsigned(signal === 'SIGTERM' ? 15 : 9, 1)),
  freeze: () => encodeFrame('F'),
  thaw: () => encodeFrame('T'),
  reset: (id: number) => encodeFrame('R', unsigned(id, 4)),
  clean: (id: number) => encodeFrame('C', unsigned(id, 4)),
  memory: (id: number, resetPeak: boolean) =>
    encodeFrame('M', unsigned(id, 4), unsigned(resetPeak ? 1 : 0, 1)),
  watch: (limitBytes: number) => {
    const limit = Buffer.alloc(8);
    limit.writeBigUInt64BE(BigInt(limitBytes));
    return encodeFrame('W', limit);
  },
  list: (id: number) => encodeFrame('L', unsigned(id, 4)),
  dial: (id: number, port: number) => encodeFrame('B', unsigned(id, 4), unsigned(port, 2)),
  quit: () => encodeFrame('Q'),
};

export type InitEvent =
  | {
      readonly is: 'hello';
      readonly protocol: number;
      readonly cgroupVersion: 0 | 1 | 2;
      readonly pid: number;
      /** Whether the emulator has taken over what the function connects to. */
      readonly handedOver: boolean;
    }
  | { readonly is: 'output'; readonly process: string; readonly stream: OutputStream; readonly bytes: Buffer }
  | { readonly is: 'exited'; readonly process: string; readonly exit: ProcessExit }
  | {
      readonly is: 'start-failed';
      readonly process: string;
      readonly step: 'working-directory' | 'command';
      readonly code: string;
    }
  | { readonly is: 'memory'; readonly id: number; readonly figures: MemoryFigures }
  | { readonly is: 'done'; readonly id: number; readonly clean: boolean }
  | { readonly is: 'names'; readonly id: number; readonly names: readonly string[] }
  | { readonly is: 'dial-failed'; readonly id: number; readonly code: string };

const streams: readonly (OutputStream | undefined)[] = [undefined, 'stdout', 'stderr', 'telemetry'];

/** Reads a payload from front to back. */
class Fields {
  #at = 0;
  constructor(readonly payload: Buffer) {}

  u8 = () => this.payload.readUInt8(this.#advance(1));
  u32 = () => this.payload.readUInt32BE(this.#advance(4));
  u64 = () => Number(this.payload.readBigUInt64BE(this.#advance(8)));
  rest = () => this.payload.subarray(this.#at);

  text(): string {
    const end = this.payload.indexOf(0, this.#at);
    if (end < 0) throw new FrameError('a text without an end');
    return this.payload.toString('utf8', this.#advance(end + 1 - this.#at), end);
  }

  #advance(bytes: number): number {
    const at = this.#at;
    this.#at += bytes;
    if (this.#at > this.payload.length) throw new FrameError('a frame that is cut short');
    return at;
  }
}

function decodeExit(fields: Fields): ProcessExit {
  const bySignal = fields.u8() === 1;
  const value = fields.u8();
  const outOfMemory = (fields.u8() & 1) === 1;
  return bySignal ? { signal: signalName(value), outOfMemory } : { code: value, outOfMemory };
}

function decodeOutput(fields: Fields): InitEvent {
  const stream = streams[fields.u8()];
  if (stream === undefined) throw new FrameError('output of no known stream');
  return { is: 'output', stream, process: fields.text(), bytes: fields.rest() };
}

function decodeHello(fields: Fields): InitEvent {
  const protocol = fields.u8();
  const cgroup = fields.u8();
  return {
    is: 'hello',
    protocol,
    cgroupVersion: cgroup === 1 || cgroup === 2 ? cgroup : 0,
    pid: fields.u32(),
    handedOver: fields.rest()[0] === 1, // not in other versions
  };
}

/** @throws FrameError for a frame that no init of this protocol version sends. */
export function decode(frame: Frame): InitEvent {
  const fields = new Fields(frame.payload);
  switch (frame.type) {
    case 'H':
      return decodeHello(fields);
    case 'O':
      return decodeOutput(fields);
    case 'X':
      return { is: 'exited', process: fields.text(), exit: decodeExit(fields) };
    case 'P':
      return {
        is: 'start-failed',
        process: fields.text(),
        step: fields.u8() === 1 ? 'working-directory' : 'command',
        code: errorName(fields.u32()),
      };
    case 'M':
      return {
        is: 'memory',
        id: fields.u32(),
        figures: { currentBytes: fields.u64(), peakBytes: fields.u64(), tmpBytes: fields.u64() },
      };
    case 'D':
      return { is: 'done', id: fields.u32(), clean: fields.u8() === 0 };
    case 'N':
      return { is: 'names', id: fields.u32(), names: fields.rest().toString().split('\0').slice(0, -1) };
    case 'E':
      return { is: 'dial-failed', id: fields.u32(), code: errorName(fields.u32()) };
    default:
      throw new FrameError(`a frame of type ${JSON.stringify(frame.type)}`);
  }
}
