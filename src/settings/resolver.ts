import type { Written } from '../functions/template/given-settings';
import type { TemplateSettings } from '../functions/template/settings';
import { type Kind, violation } from '../lib/kinds';
import type { SettingSource } from './sources';

/** Parsed flags by name in camel case: `{ port: '9000', freeze: false }`. */
export type Flags = Readonly<Record<string, unknown>>;

/** Looks up each setting in flags, then in variables, then in the template. */
export class Resolver {
  readonly problems: string[] = [];
  template: TemplateSettings = {};

  constructor(
    readonly flags: Flags,
    readonly variables: Readonly<Record<string, string | undefined>>,
  ) {}

  value<T>(source: SettingSource, kind: Kind<T>): T | undefined {
    const flag = this.flags[source.flag];
    if (flag !== undefined) return this.#read(`--${kebab(source.flag)}`, String(flag), kind);
    const variable = source.variables.find((name) => (this.variables[name] ?? '') !== '');
    if (variable !== undefined) return this.#read(variable, this.variables[variable] ?? '', kind);
    const written = source.template && this.template[source.template];
    if (typeof written === 'object') return written as T;
    return written === undefined ? undefined : kind.read(String(written));
  }

  /** Whether a flag or a variable sets it. */
  isGiven({ flag, variables }: SettingSource): boolean {
    return this.flags[flag] !== undefined || variables.some((name) => (this.variables[name] ?? '') !== '');
  }

  written({ flag, variables: [variable = ''] }: SettingSource): Written {
    return { flag: this.flags[flag], variable: this.variables[variable] ?? '' };
  }

  #read<T>(origin: string, value: string, kind: Kind<T>): T | undefined {
    const read = kind.read(value);
    if (read === undefined) this.problems.push(`${origin} ${violation(kind, value)}`);
    return read;
  }
}

export function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
