import type { Notes } from '../notes';

/** What a template and those nested in it have in common. */
export class Project {
  /** Every template that was read. */
  readonly files: string[] = [];
  /** Folder or zip of each layer, by the ARN that it is given here; undefined for one with a problem. */
  readonly layers = new Map<string, string | undefined>();

  constructor(
    readonly notes: Notes,
    readonly region: string,
    readonly accountId: string,
  ) {}

  /** An ARN for a layer. One of a name that is taken, as nested templates may have it, is the next version. */
  newLayerArn(name: string): string {
    const arn = `arn:aws:lambda:${this.region}:${this.accountId}:layer:${name}`;
    let version = 1;
    while (this.layers.has(`${arn}:${version}`)) version += 1;
    this.layers.set(`${arn}:${version}`, undefined);
    return `${arn}:${version}`;
  }
}
