import type { Captured, Notes } from '../notes';
import type { Position, Value } from '../values';
import type { WantedLayer } from '../wanted';
import type { SamContext } from './context';
import type { Resource } from './resources';

/** Another stack of the same application. */
export interface OtherStack {
  /** The value of the output with this export name. */
  exported(name: string, place: Position): Value | undefined;
}

/** State that a template shares with its nested templates. */
export class Project {
  /** All files that were read. */
  readonly files: string[] = [];
  /** Layers of the templates by the ARN that lambdock gives them; undefined until the layer is read. */
  readonly layers = new Map<string, Captured<WantedLayer | undefined> | undefined>();
  /** Parameters of nested stacks by path of logical ids, such as `Orders.Payment`. */
  readonly stacks = new Map<string, { has(name: string): boolean; readonly names: readonly string[] }>();
  /** Imported names whose value the user has given. */
  readonly imports = new Set<string>();
  /** Other stacks of the application. They are opened on first use. */
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

  /** Reserves a name. Returns false if another resource has it: nested templates often use the same names. */
  takeName(name: string, resource: Resource): boolean {
    const owner = this.#names.get(name) ?? resource;
    this.#names.set(name, owner);
    return owner === resource;
  }

  /** Returns a new ARN for a layer. If nested templates use the same name, the version is incremented. */
  newLayerArn(name: string): string {
    const arn = `arn:aws:lambda:${this.region}:${this.accountId}:layer:${name}`;
    let version = 1;
    while (this.layers.has(`${arn}:${version}`)) version += 1;
    this.layers.set(`${arn}:${version}`, undefined);
    return `${arn}:${version}`;
  }
}
