import type { FunctionVersion } from '../../functions/function-version';
import type { ImportProfile } from '../../operator-api/contract';
import { eventsOf, type LogBatch } from '../../telemetry/log-line';
import { cpuFrames, profileIn } from './cpu-profile';
import { expensiveImports, type FrameKind } from './frames';
import { importFrames } from './import-time';

/** Number of environments whose profiles are kept. The oldest are evicted. */
const environmentsMost = 20;
/** Limit of lines per environment. A large Python package imports a few thousand modules. */
const linesMost = 20_000;

/** Keeps the output of profiled environments, which is longer than what the log keeps. */
export class Profiles {
  readonly #lines = new Map<string, string[]>();

  /** Keeps the output of this environment if its version makes the runtime print a profile. */
  made({ environment }: FunctionVersion, logStream: string): void {
    const { PYTHONPROFILEIMPORTTIME: python, NODE_OPTIONS: node = '' } = environment;
    if (python === undefined && !node.includes('LAMBDOCK_PROFILE')) return;
    this.#lines.set(logStream, []);
    for (const oldest of this.#lines.keys()) {
      if (this.#lines.size <= environmentsMost) break;
      this.#lines.delete(oldest);
    }
  }

  take(batch: LogBatch): void {
    if (this.#lines.size === 0) return;
    const lines = this.#lines.get(batch.logStream);
    if (lines === undefined || lines.length >= linesMost) return;
    for (const { text } of eventsOf(batch)) if (isProfile.test(text)) lines.push(text);
  }

  /** The imports of an environment's start; undefined if it was not profiled or has not printed them yet. */
  of(logStream: string): ImportProfile | undefined {
    const lines = this.#lines.get(logStream);
    if (lines === undefined || lines.length === 0) return undefined;
    const cpu = profileIn(lines);
    const frames = cpu === undefined ? importFrames(lines) : cpuFrames(cpu);
    if (frames.length === 0) return undefined;
    return { imports: expensiveImports(frames, cpu === undefined ? pythonKind : nodeKind), frames };
  }
}

const isProfile = /^(import time:|LAMBDOCK_PROFILE )/;

/** Imports of the interpreter and the runtime, which the user cannot avoid. */
const ownOfPython =
  /^(site|encodings|zipimport|_|runpy|awslambdaric|runtime|bootstrap|codecs|io|abc|os|stat)/;
const pythonKind = (name: string): FrameKind => (ownOfPython.test(name) ? 'other' : 'import');

/** A name with an extension is a file, which counts without its imports. Most packages have no extension. */
const nodeKind = (name: string): FrameKind =>
  name.startsWith('(') ? 'other' : /\.[cm]?[jt]s$/.test(name) ? 'own' : 'import';
