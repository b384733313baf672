import type { Notes } from '../notes';
import { type Mapping, type Position, shown, type Value } from '../values';

export type ResourceKind = 'function' | 'layer' | 'stack' | 'other';

/** A resource whose intrinsic functions are not evaluated yet. */
export interface Resource {
  readonly logicalId: string;
  readonly type: string;
  readonly kind: ResourceKind;
  /** Whether SAM transforms it. Its properties differ from those in CloudFormation. */
  readonly serverless: boolean;
  readonly place: Position;
  readonly properties: Mapping;
  readonly metadata: Mapping | undefined;
  /** Name of its condition. */
  readonly condition?: Value;
  /** Names of properties that `Globals` do not affect; `*` stands for all. */
  readonly ignoresGlobals?: readonly string[];
}

const kinds: ReadonlyMap<string, ResourceKind> = new Map([
  ['AWS::Serverless::Function', 'function'],
  ['AWS::Lambda::Function', 'function'],
  ['AWS::Serverless::LayerVersion', 'layer'],
  ['AWS::Lambda::LayerVersion', 'layer'],
  ['AWS::Serverless::Application', 'stack'],
  ['AWS::CloudFormation::Stack', 'stack'],
]);

/** Reads the section `Resources`. Resources of unknown kinds are not checked. */
export function readResources(section: Value | undefined, notes: Notes): ReadonlyMap<string, Resource> {
  const found = new Map<string, Resource>();
  if (section === undefined) return found;
  if (section.kind !== 'mapping') {
    notes.note(section.place, `must be a mapping of names to resources, got ${shown(section)}`);
    return found;
  }
  for (const [logicalId, value] of section.entries) {
    if (logicalId.startsWith('Fn::')) {
      notes.limit(value.place, 'makes resources by a macro, which lambdock does not run. Write them out');
      continue;
    }
    const entries = value.kind === 'mapping' ? value.entries : new Map<string, Value>();
    const typed = entries.get('Type');
    const type = typed?.kind === 'scalar' ? (typed.text ?? '') : '';
    const properties = entries.get('Properties');
    const metadata = entries.get('Metadata');
    const condition = entries.get('Condition');
    const ignored = entries.get('IgnoreGlobals');
    found.set(logicalId, {
      logicalId,
      type,
      kind: kinds.get(type) ?? 'other',
      serverless: type.startsWith('AWS::Serverless::'),
      place: value.place,
      properties:
        properties?.kind === 'mapping'
          ? properties
          : { kind: 'mapping', place: value.place, entries: new Map() },
      metadata: metadata?.kind === 'mapping' ? metadata : undefined,
      ...(condition !== undefined && { condition }),
      ...(ignored !== undefined && { ignoresGlobals: textsOf(ignored) }),
    });
  }
  return found;
}

/** Reads one text or a list of texts. */
function textsOf(value: Value): readonly string[] {
  const items = value.kind === 'list' ? value.items : [value];
  return items.flatMap((item) => (item.kind === 'scalar' && item.text !== undefined ? [item.text] : []));
}

/** A text in a resource's metadata. */
export function metadataText({ metadata }: Resource, name: string): string | undefined {
  const value = metadata?.entries.get(name);
  return value?.kind === 'scalar' ? value.text : undefined;
}
