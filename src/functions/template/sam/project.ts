import type { Captured, Notes } from '../notes';
import type { Position, Value } from '../values';
import type { WantedLayer } from '../wanted';
import type { SamContext } from './context';
import type { Resource } from './resources';

/** Another stack of the same application. */
export interface OtherStack {
  /** The value of an output, by the name that it is exported under. */
  exported(name: string, place: Position): Value | undefined;
}

/** What a template and those nested in it have in common. */
export class Project {
  /** Every template that was read. */
  readonly files: string[] = [];
  /** Each layer of the templates, by the ARN that it is given here; undefined while it is looked for. */
  readonly layers = new Map<string, Captured<WantedLayer | undefined> | undefined>();
  /** Parameters of each nested stack, by its path of logical ids: `Orders.Payment`. */
  readonly stacks = new Map<string, { has(name: string): boolean; readonly names: readonly string[] }>();
  /** Exports of other stacks whose value was given. */
  readonly imports = new Set<string>();
  /** Other stacks of the application, once one was looked for. */
  others?: readonly OtherStack[];
  readonly #names = new Map<string, Resource>();

  constructor(
    readonly notes: Notes,
    readonly context: SamContext,
  ) {}

  get region(): string {
    return this.context.region;
  }

  get accountId(): string {
    return this.context.accountId;
  }

  /** Whether a resource may have a name: nested templates often have resources of equal names. */
  takeName(name: string, resource: Resource): boolean {
    const owner = this.#names.get(name) ?? resource;
    this.#names.set(name, owner);
    return owner === resource;
  }

  /** An ARN for a layer. One of a name that is taken, as nested templates may have it, is the next version. */
  newLayerArn(name: string): string {
    const arn = `arn:aws:lambda:${this.region}:${this.accountId}:layer:${name}`;
    let version = 1;
    while (this.layers.has(`${arn}:${version}`)) version += 1;
    this.layers.set(`${arn}:${version}`, undefined);
    return `${arn}:${version}`;
  }
}
