import { type Kind, violation } from '../../../lib/kinds';
import { type List, type Mapping, type Position, shown, type Value } from '../values';
import { evaluated } from './intrinsics/intrinsics';
import type { EvaluationScope } from './intrinsics/scope';
import type { Resource } from './resources';

/** Properties of a resource. Each is evaluated when it is read, so that unused ones may be unsupported. */
export class Properties {
  constructor(
    readonly mapping: Mapping,
    private readonly scope: EvaluationScope,
  ) {}

  /** The place of a property, or of all properties if it is absent. */
  place(name: string): Position {
    return this.mapping.entries.get(name)?.place ?? this.mapping.place;
  }

  has(name: string): boolean {
    return this.mapping.entries.has(name);
  }

  get(name: string): Value | undefined {
    return evaluated(this.mapping.entries.get(name), this.scope);
  }

  /** Notes a problem at the property, or at all properties if it is absent. */
  note(name: string, message: string): undefined {
    return this.noteAt(this.place(name), message);
  }

  /** Notes a limit: the value is valid, but lambdock cannot host it. */
  limit(name: string, message: string): undefined {
    return this.scope.notes.limit(this.place(name), message);
  }

  warnAt(place: Position, message: string): undefined {
    return this.scope.notes.warn(place, message);
  }

  noteAt(place: Position, message: string): undefined {
    return this.scope.notes.note(place, message);
  }

  /** Undefined if the property is absent, or not allowed, which is noted. */
  value<T>(name: string, kind: Kind<T>): T | undefined {
    return this.read(this.get(name), kind);
  }

  read<T>(value: Value | undefined, kind: Kind<T>): T | undefined {
    if (value === undefined) return undefined;
    const read = value.kind === 'scalar' && value.text !== undefined ? kind.read(value.text) : undefined;
    return read ?? this.scope.notes.note(value.place, violation(kind, shown(value)));
  }

  list(name: string): List | undefined {
    const value = this.get(name);
    if (value === undefined || value.kind === 'list') return value;
    return this.scope.notes.note(value.place, `must be a list, got ${shown(value)}`);
  }

  /** A mapping in a resource's metadata. */
  metadata({ metadata }: Resource, name: string): Properties | undefined {
    const section = metadata?.entries.get(name);
    return section?.kind === 'mapping' ? new Properties(section, this.scope) : undefined;
  }

  /** The properties of a nested mapping. */
  within(name: string): Properties | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    if (value.kind === 'mapping') return new Properties(value, this.scope);
    return this.scope.notes.note(value.place, `must be a mapping, got ${shown(value)}`);
  }
}
