import type { FunctionVersion } from '../../functions/function-version';
import type { ImportProfile } from '../../operator-api/contract';
import { eventsOf, type LogBatch } from '../../telemetry/log-line';
import { cpuFrames, profileIn } from './cpu-profile';
import { expensiveImports, type FrameKind } from './frames';
import { importFrames } from './import-time';

/** Environments whose profiles are kept; the oldest go first. */
const environmentsMost = 20;
/** Lines of one environment. A large package of Python imports a few thousand modules. */
const linesMost = 20_000;

/** What environments that are profiled print, which is more than the log keeps. */
export class Profiles {
  readonly #lines = new Map<string, string[]>();

  /** Keeps what this environment prints, where its version lets the runtime print a profile. */
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

  /** What an environment's start imported; undefined where it was not profiled, or has not printed it yet. */
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

/** What the interpreter and the runtime import themselves cannot be saved. */
const ownOfPython =
  /^(site|encodings|zipimport|_|runpy|awslambdaric|runtime|bootstrap|codecs|io|abc|os|stat)/;
const pythonKind = (name: string): FrameKind => (ownOfPython.test(name) ? 'other' : 'import');

/** Files have an extension, packages mostly not: one that has is counted without what it imports. */
const nodeKind = (name: string): FrameKind =>
  name.startsWith('(') ? 'other' : /\.[cm]?[jt]s$/.test(name) ? 'own' : 'import';
