import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { parse, YAMLParseError } from 'yaml';
import { nearest } from '../../lib/text/nearest';
import { Problem } from '../problem';
import { readText } from '../text-files';
import { cronFields } from './cron';
import { durationMs, ratePerSecond } from './quantities';
import { readAssertion } from './read-assertion';
import type { Assertion, FunctionLoad, Load, Phase, Scenario } from './scenario';

type Mapping = Readonly<Record<string, unknown>>;

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const topKeys = ['name', 'seed', 'phases', 'assertions'] as const;
const common = ['function', 'event', 'eventFile'] as const;

/** Keys of each kind of load besides function and event. */
const loadKeys = {
  constant: ['rate', 'for'],
  ramp: ['from', 'to', 'for'],
  burst: ['requests', 'within'],
  poisson: ['rate', 'for'],
  cron: ['schedule', 'for'],
  replay: ['file'],
} as const;

type LoadKind = keyof typeof loadKeys;
const phaseKinds = [...Object.keys(loadKeys), 'idle', 'parallel'];

/** Reads a scenario file. @throws {Problem} with every problem in it, each with its place */
export function readScenario(file: string): Scenario {
  const reader = new ScenarioReader(file);
  const scenario = reader.read();
  if (reader.problems.length > 0) {
    throw new Problem(
      `${file} is not a valid scenario:\n${reader.problems.map((each) => `  ${each}`).join('\n')}`,
    );
  }
  return scenario;
}

class ScenarioReader {
  readonly problems: string[] = [];

  constructor(private readonly file: string) {}

  read(): Scenario {
    const top = this.#parsed();
    this.#known(top, topKeys, 'the scenario');
    const { phases, assertions = [] } = top;
    if (!Array.isArray(phases) || phases.length === 0)
      this.#note('phases', `must be a list of phases such as ${example}`);
    if (!Array.isArray(assertions)) this.#note('assertions', 'must be a list such as [no throttles]');
    return {
      name: typeof top.name === 'string' ? top.name : basename(this.file).replace(/\.ya?ml$/, ''),
      seed: this.#integer(top.seed, 'seed', 0, 2_147_483_647) ?? 1,
      phases: (Array.isArray(phases) ? phases : []).flatMap((each, at) => this.#phase(each, `phases[${at}]`)),
      assertions: (Array.isArray(assertions) ? assertions : []).flatMap((each, at) =>
        this.#assertions(each, `assertions[${at}]`),
      ),
    };
  }

  #parsed(): Mapping {
    try {
      const value: unknown = parse(readText(this.file));
      if (isMapping(value)) return value;
      this.problems.push('the file must be a mapping with phases');
    } catch (error) {
      if (!(error instanceof YAMLParseError)) throw error;
      this.problems.push(`the file is not valid YAML: ${error.message.split('\n')[0]}`);
    }
    return { phases: [{}] };
  }

  #phase(value: unknown, place: string): Phase[] {
    const [kind, content] = this.#only(value, phaseKinds, place) ?? [];
    if (kind === undefined) return [];
    if (kind === 'idle') return [{ kind: 'idle', forMs: this.#duration(content, `${place}.idle`) }];
    if (kind !== 'parallel')
      return [{ kind: 'loads', loads: this.#load(kind as LoadKind, content, `${place}.${kind}`) }];
    if (!Array.isArray(content))
      return this.#nothing(`${place}.parallel`, `must be a list of phases such as ${example}`);
    const loads = content.flatMap((each, at) => {
      const inner = `${place}.parallel[${at}]`;
      const [load, fields] = this.#only(each, Object.keys(loadKeys), inner) ?? [];
      return load === undefined ? [] : this.#load(load as LoadKind, fields, `${inner}.${load}`);
    });
    return [{ kind: 'loads', loads }];
  }

  #load(kind: LoadKind, value: unknown, place: string): FunctionLoad[] {
    if (!isMapping(value)) return this.#nothing(place, `must be a mapping such as ${example}`);
    this.#known(value, [...common, ...loadKeys[kind]], place);
    const functionName = value.function;
    if (typeof functionName !== 'string' || functionName === '')
      return this.#nothing(`${place}.function`, 'must be the name of a function');
    return [{ functionName, event: this.#event(value, place), load: this.#loadOf(kind, value, place) }];
  }

  #loadOf(kind: LoadKind, value: Mapping, place: string): Load {
    const forMs = () => this.#duration(value.for, `${place}.for`);
    switch (kind) {
      case 'constant':
      case 'poisson':
        return { kind, rate: this.#rate(value.rate, `${place}.rate`), forMs: forMs() };
      case 'ramp': {
        const [from, to] = [this.#rate(value.from, `${place}.from`), this.#rate(value.to, `${place}.to`)];
        return { kind, from, to, forMs: forMs() };
      }
      case 'burst': {
        const requests = this.#integer(value.requests, `${place}.requests`, 1, 100_000);
        if (value.requests === undefined)
          this.#note(`${place}.requests`, 'must be how many requests there are');
        const withinMs = value.within === undefined ? 0 : this.#duration(value.within, `${place}.within`);
        return { kind, requests: requests ?? 0, withinMs };
      }
      case 'cron': {
        const { schedule } = value;
        const isSchedule = typeof schedule === 'string' && cronFields(schedule) !== undefined;
        if (!isSchedule)
          this.#note(`${place}.schedule`, 'must be a cron expression of five fields such as "*/5 * * * *"');
        return { kind, schedule: String(schedule), forMs: forMs() };
      }
      case 'replay':
        return { kind, file: this.#file(value.file, `${place}.file`) };
    }
  }

  #event(value: Mapping, place: string): unknown {
    if (value.eventFile === undefined) return value.event ?? {};
    const file = this.#file(value.eventFile, `${place}.eventFile`);
    if (!existsSync(file)) return {};
    try {
      return JSON.parse(readText(file));
    } catch {
      return this.#note(`${place}.eventFile`, `is not valid JSON: ${file}`);
    }
  }

  #assertions(value: unknown, place: string): Assertion[] {
    const texts: readonly (readonly [string | undefined, unknown])[] = isMapping(value)
      ? Object.entries(value)
      : [[undefined, value]];
    return texts.flatMap(([functionName, text]) => {
      if (typeof text !== 'string') return this.#nothing(place, 'must be text such as "p95 < 200 ms"');
      const read = readAssertion(text, functionName);
      return typeof read === 'string' ? this.#nothing(place, read) : [read];
    });
  }

  /** The one key of a mapping, with its value. */
  #only(value: unknown, allowed: readonly string[], place: string): [string, unknown] | undefined {
    const entries = isMapping(value) ? Object.entries(value) : [];
    const [entry] = entries;
    if (entry === undefined || entries.length > 1) {
      this.#note(place, `must have one of ${allowed.join(', ')}, such as ${example}`);
      return undefined;
    }
    this.#known(value as Mapping, allowed, place);
    return allowed.includes(entry[0]) ? entry : undefined;
  }

  #known(value: Mapping, allowed: readonly string[], place: string): void {
    for (const key of Object.keys(value)) {
      if (allowed.includes(key) || key.startsWith('x-')) continue;
      const meant = nearest(key, allowed);
      const hint = meant === undefined ? `Known are ${allowed.join(', ')}.` : `Did you mean ${meant}?`;
      this.#note(place, `has the unknown key ${key}. ${hint}`);
    }
  }

  #duration(value: unknown, place: string): number {
    const ms = typeof value === 'string' ? durationMs(value) : undefined;
    if (ms === undefined || ms <= 0) this.#note(place, 'must be a duration such as 500ms, 30s, 10m or 8h');
    return ms ?? 0;
  }

  #rate(value: unknown, place: string): number {
    const rate = typeof value === 'string' || typeof value === 'number' ? ratePerSecond(value) : undefined;
    if (rate === undefined) this.#note(place, 'must be a rate such as 5/s, 30/m or 100/h');
    return rate ?? 0;
  }

  #integer(value: unknown, place: string, min: number, max: number): number | undefined {
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
    this.#note(place, `must be a whole number between ${min} and ${max}, got ${String(value)}`);
    return undefined;
  }

  #file(value: unknown, place: string): string {
    if (typeof value !== 'string' || value === '') {
      this.#note(place, 'must be the path of a file, relative to the scenario');
      return '';
    }
    const path = resolve(dirname(this.file), value);
    if (!existsSync(path)) this.#note(place, `was not found: ${path}`);
    return path;
  }

  #note(place: string, message: string): void {
    this.problems.push(`${place} ${message}`);
  }

  #nothing(place: string, message: string): [] {
    this.#note(place, message);
    return [];
  }
}

const example = '{constant: {function: hello, rate: 5/s, for: 30s}}';
