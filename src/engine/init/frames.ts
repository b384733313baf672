import type {
  ExtensionFile,
  MemoryFigures,
  OutputStream,
  ProcessExit,
  ProcessSpec,
  StartStep,
} from '../engine';
import {
  cleanStatus,
  commandFrames,
  eventFrames,
  exitFlag,
  exitKind,
  helloFlag,
  memoryFlag,
  protocolVersion,
  startFlag,
  startStep,
  stream,
} from './frame-table';
import { errorName, signalName } from './linux-names';

/**
 * The frames of an init's control connection: 1 byte type, 4 bytes big-endian payload length, payload.
 * `images/init/PROTOCOL.md` describes each. The layouts here and in the init are generated from one table.
 */

const startSteps: ReadonlyMap<number, StartStep> = new Map([
  [startStep.workingDirectory, 'working-directory'],
  [startStep.command, 'command'],
  [startStep.interpreter, 'interpreter'],
]);

const headerBytes = 5;
/** An init's longest frame is an output frame: 64 KiB and a name. Longer frames are not from an init. */
const payloadMostBytes = 1_048_576;

export interface Frame {
  readonly type: string;
  readonly payload: Buffer;
}

/** The bytes are not from an init, or from an init of another version. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

/** Splits a stream of bytes into frames, independent of its chunks. Payloads share memory with the chunks. */
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

type FieldKind = 'u8' | 'u16' | 'u32' | 'u64' | 'text' | 'texts' | 'bytes';
type FieldList = readonly (readonly [string, FieldKind])[];
type Value<K extends FieldKind> = K extends 'text'
  ? string
  : K extends 'texts'
    ? readonly string[]
    : K extends 'bytes'
      ? Buffer
      : number;
type FieldsOf<F extends FieldList> = { readonly [E in F[number] as E[0]]: Value<E[1]> };

/** @throws RangeError if a text has a NUL, which arguments and variables cannot contain */
function encodeText(value: string): Buffer {
  if (value.includes('\0')) throw new RangeError(`${JSON.stringify(value)} has a NUL character`);
  return Buffer.from(`${value}\0`);
}

function encodeField(kind: FieldKind, value: unknown): Buffer {
  if (kind === 'texts') return Buffer.concat((value as readonly string[]).map(encodeText));
  if (kind === 'text') return encodeText(value as string);
  if (kind === 'bytes') return value as Buffer;
  const number = Buffer.alloc(numberBytes[kind]);
  if (kind === 'u64') number.writeBigUInt64BE(BigInt(value as number));
  else number.writeUIntBE(value as number, 0, numberBytes[kind]);
  return number;
}

const numberBytes = { u8: 1, u16: 2, u32: 4, u64: 8 } as const;

/** A frame with the fields that the protocol's table names. */
function encodeFields<F extends FieldList>(
  frame: { readonly type: string; readonly fields: F },
  values: FieldsOf<F>,
): Buffer {
  const parts = frame.fields.map(([name, kind]) => encodeField(kind, values[name as keyof typeof values]));
  return encodeFrame(frame.type, ...parts);
}

const frozen = encodeFields(commandFrames.freeze, {});
const thawed = encodeFields(commandFrames.thaw, {});

export const encode = {
  /** `direct`: the process writes to the pipes that were handed over. */
  start: (spec: ProcessSpec, direct = false) =>
    encodeFields(commandFrames.start, {
      flags: (spec.telemetryDescriptor ? startFlag.telemetry : 0) + (direct ? startFlag.direct : 0),
      process: spec.name,
      folder: spec.workingDirectory,
      argumentCount: spec.command.length,
      strings: [
        ...spec.command,
        ...Object.entries(spec.environment).map(([name, value]) => `${name}=${value}`),
      ],
    }),
  kill: (process: string, signal: 'SIGTERM' | 'SIGKILL') =>
    encodeFields(commandFrames.kill, { process, signal: signal === 'SIGTERM' ? 15 : 9 }),
  freeze: () => frozen,
  thaw: () => thawed,
  reset: (id: number) => encodeFields(commandFrames.reset, { id }),
  clean: (id: number) => encodeFields(commandFrames.clean, { id }),
  memory: (id: number, resetPeak: boolean) =>
    encodeFields(commandFrames.memory, { id, flags: resetPeak ? memoryFlag.resetPeak : 0 }),
  watch: (limit: number) => encodeFields(commandFrames.watch, { limit }),
  list: (id: number) => encodeFields(commandFrames.list, { id }),
  dial: (id: number, port: number) => encodeFields(commandFrames.dial, { id, port }),
  quit: () => encodeFields(commandFrames.quit, {}),
};

export type InitEvent =
  | {
      readonly is: 'hello';
      readonly cgroupVersion: 0 | 1 | 2;
      readonly pid: number;
      /** Whether the init has handed over the function's listening socket and pipes. */
      readonly handedOver: boolean;
    }
  | { readonly is: 'output'; readonly process: string; readonly stream: OutputStream; readonly bytes: Buffer }
  | { readonly is: 'exited'; readonly process: string; readonly exit: ProcessExit }
  | {
      readonly is: 'start-failed';
      readonly process: string;
      readonly step: StartStep;
      readonly code: string;
    }
  | { readonly is: 'memory'; readonly id: number; readonly figures: MemoryFigures }
  | { readonly is: 'done'; readonly id: number; readonly clean: boolean }
  | { readonly is: 'extensions'; readonly id: number; readonly files: readonly ExtensionFile[] }
  | { readonly is: 'dial-failed'; readonly id: number; readonly code: string }
  | { readonly is: 'segment'; readonly bytes: Buffer };

const streams: ReadonlyMap<number, OutputStream> = new Map([
  [stream.stdout, 'stdout'],
  [stream.stderr, 'stderr'],
  [stream.telemetry, 'telemetry'],
]);

/** Reads a payload from front to back. */
class PayloadReader {
  #at = 0;
  constructor(readonly payload: Buffer) {}

  read(kind: FieldKind): Value<FieldKind> {
    switch (kind) {
      case 'u8':
        return this.payload.readUInt8(this.#advance(1));
      case 'u16':
        return this.payload.readUInt16BE(this.#advance(2));
      case 'u32':
        return this.payload.readUInt32BE(this.#advance(4));
      case 'u64':
        return Number(this.payload.readBigUInt64BE(this.#advance(8)));
      case 'text':
        return this.#text();
      case 'bytes':
        return this.payload.subarray(this.#at);
      case 'texts': {
        const texts: string[] = [];
        while (this.#at < this.payload.length) texts.push(this.#text());
        return texts;
      }
    }
  }

  #text(): string {
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

/** @throws FrameError for a payload that is shorter than its fields. */
function decodeFields<F extends FieldList>(frame: { readonly fields: F }, payload: Buffer): FieldsOf<F> {
  const reader = new PayloadReader(payload);
  const values: Record<string, unknown> = {};
  for (const [name, kind] of frame.fields) values[name] = reader.read(kind);
  return values as FieldsOf<F>;
}

function decodeExit(fields: FieldsOf<typeof eventFrames.exited.fields>): ProcessExit {
  const outOfMemory = (fields.flags & exitFlag.outOfMemory) !== 0;
  return fields.kind === exitKind.signal
    ? { signal: signalName(fields.value), outOfMemory }
    : { code: fields.value, outOfMemory };
}

function decodeOutput(payload: Buffer): InitEvent {
  const { stream: number, process, content } = decodeFields(eventFrames.output, payload);
  const from = streams.get(number);
  if (from === undefined) throw new FrameError(`output of the unknown stream ${number}`);
  return { is: 'output', stream: from, process, bytes: content };
}

function decodeHello(payload: Buffer): InitEvent {
  // All versions have this field in the same place; the others may differ.
  const version = payload[0];
  if (version !== protocolVersion)
    throw new FrameError(`it speaks protocol version ${version}, not ${protocolVersion}`);
  const { cgroup, pid, flags } = decodeFields(eventFrames.hello, payload);
  return {
    is: 'hello',
    cgroupVersion: cgroup === 1 || cgroup === 2 ? cgroup : 0,
    pid,
    handedOver: (flags & helloFlag.handedOver) !== 0,
  };
}

/** @throws FrameError for a frame that no init of this protocol version sends. */
export function decode({ type, payload }: Frame): InitEvent {
  switch (type) {
    case eventFrames.hello.type:
      return decodeHello(payload);
    case eventFrames.output.type:
      return decodeOutput(payload);
    case eventFrames.exited.type: {
      const fields = decodeFields(eventFrames.exited, payload);
      return { is: 'exited', process: fields.process, exit: decodeExit(fields) };
    }
    case eventFrames.startFailed.type: {
      const { process, step, reason } = decodeFields(eventFrames.startFailed, payload);
      return {
        is: 'start-failed',
        process,
        step: startSteps.get(step) ?? 'command',
        code: errorName(reason),
      };
    }
    case eventFrames.memory.type: {
      const { id, current, peak, tmp } = decodeFields(eventFrames.memory, payload);
      return { is: 'memory', id, figures: { currentBytes: current, peakBytes: peak, tmpBytes: tmp } };
    }
    case eventFrames.done.type: {
      const { id, status } = decodeFields(eventFrames.done, payload);
      return { is: 'done', id, clean: status === cleanStatus.clean };
    }
    case eventFrames.extensions.type: {
      const { id, files } = decodeFields(eventFrames.extensions, payload);
      return {
        is: 'extensions',
        id,
        files: files.map((each) => ({ name: each.slice(1), executable: each.startsWith('+') })),
      };
    }
    case eventFrames.dialFailed.type: {
      const { id, reason } = decodeFields(eventFrames.dialFailed, payload);
      return { is: 'dial-failed', id, code: errorName(reason) };
    }
    case eventFrames.segment.type:
      return { is: 'segment', bytes: payload };
    default:
      throw new FrameError(`a frame of type ${JSON.stringify(type)}`);
  }
}
