import { timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';

/** The purpose of an init's connection, from its first line. */
export type Greeting =
  | { readonly kind: 'control' | 'relay' }
  | { readonly kind: 'dial'; readonly id: number };

/** Longer than any first line: a secret of 32 digits, `dial` and a number. */
const longestLine = 64;

const newline = 0x0a;

/** @returns undefined if the line is not from an init or has another secret */
export function parseGreeting(line: string, secret: string | undefined): Greeting | undefined {
  let rest = line;
  if (secret !== undefined) {
    const given = Buffer.from(line.slice(0, secret.length + 1));
    const wanted = Buffer.from(`${secret} `);
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined;
    rest = line.slice(secret.length + 1);
  }
  if (rest === 'control' || rest === 'relay') return { kind: rest };
  const id = /^dial (\d{1,10})$/.exec(rest)?.[1];
  return id === undefined ? undefined : { kind: 'dial', id: Number(id) };
}

/**
 * Reads a connection's first line and puts later bytes back, so that the socket's next owner gets a stream that is not
 * flowing yet. Calls back once, with undefined if the connection ends without a line or the line is too long.
 */
export function readLine(socket: Socket, done: (line: string | undefined) => void): void {
  let bytes = Buffer.alloc(0);
  const finish = (line: string | undefined) => {
    socket.off('readable', onReadable).off('end', onEnd).off('error', onEnd).off('close', onEnd);
    done(line);
  };
  const onEnd = () => finish(undefined);
  // Listening for `data` would leave the socket paused, and its next owner would have to resume it.
  const onReadable = () => {
    const chunk: Buffer | null = socket.read();
    if (chunk === null) return;
    bytes = Buffer.concat([bytes, chunk]);
    const end = bytes.subarray(0, longestLine).indexOf(newline);
    if (end >= 0) {
      const behind = bytes.subarray(end + 1);
      if (behind.length > 0) socket.unshift(behind);
      finish(bytes.toString('latin1', 0, end));
    } else if (bytes.length >= longestLine) {
      finish(undefined);
    }
  };
  socket.on('readable', onReadable).on('end', onEnd).on('error', onEnd).on('close', onEnd);
}
