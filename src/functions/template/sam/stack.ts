import { dirname, resolve } from 'node:path';
import { formatFunctionArn } from '../../../aws/arn';
import { errnoOf } from '../../../lib/errno';
import { nearest } from '../../../lib/nearest';
import type { Notes } from '../notes';
import { readTextFile } from '../text-file';
import { type Mapping, type Position, scalar, type Value } from '../values';
import type { WantedFunction } from '../wanted';
import { localSource } from './built';
import { conditionHolds } from './conditions';
import { readFunction } from './functions';
import { withGlobals } from './globals';
import { evaluated } from './intrinsics';
import { Parameters } from './parameters';
import type { Project } from './project';
import { Properties } from './properties';
import { readMapping } from './read-mapping';
import { attributePlaceholder, isMadeBySam, nameProperty, pseudoParameter } from './references';
import { type Resource, readResources } from './resources';
import type { EvaluationScope } from './scope';

/** A template with values for its parameters; templates nested in it are stacks of their own. */
export class Stack implements EvaluationScope {
  readonly parameters: Parameters;
  readonly mappings: Mapping | undefined;
  readonly #conditions: Mapping | undefined;
  readonly #globals: Mapping | undefined;
  readonly #outputs: Mapping | undefined;
  readonly #resources: ReadonlyMap<string, Resource>;
  readonly #layerArns = new Map<string, string>();
  readonly #nested = new Map<string, Stack | undefined>();
  /** Conditions whose answer is being looked for: one that comes up again depends on itself. */
  readonly #asked = new Set<string>();
  /** Resources whose name is being looked for, likewise. */
  readonly #named = new Set<string>();

  /** @param above the templates that this one is nested in */
  constructor(
    template: Mapping,
    given: ReadonlyMap<string, string | Value>,
    private readonly project: Project,
    private readonly above: readonly string[] = [],
  ) {
    const section = (name: string) => mappingOf(template.entries.get(name));
    this.parameters = new Parameters(section('Parameters'), given, project.notes);
    this.mappings = section('Mappings');
    this.#conditions = section('Conditions');
    this.#outputs = section('Outputs');
    this.#globals = mappingOf(section('Globals')?.entries.get('Function'));
    this.#resources = readResources(template.entries.get('Resources'), project.notes);
  }

  get notes(): Notes {
    return this.project.notes;
  }

  get region(): string {
    return this.project.region;
  }

  /** Makes known where the layers are, those of nested templates too. */
  findLayers(): void {
    for (const resource of this.#wanted()) {
      if (resource.kind === 'stack') this.#stack(resource)?.findLayers();
      if (resource.kind !== 'layer') continue;
      const properties = new Properties({ ...resource.properties, place: resource.place }, this);
      const name = resource.serverless ? 'ContentUri' : 'Content';
      const path = localSource(resource, properties, name, dirname(resource.place.source.file));
      if (path === undefined && !properties.has(name)) {
        properties.note('', `has no ${name}; name its folder or zip file there`);
      }
      this.project.layers.set(this.#layerArn(resource), path);
    }
  }

  /** In the order of the text, with where each is written. */
  functions(): readonly { readonly wanted: WantedFunction; readonly place: Position }[] {
    return this.#wanted().flatMap((resource) => {
      if (resource.kind === 'stack') return this.#stack(resource)?.functions() ?? [];
      if (resource.kind !== 'function') return [];
      const wanted = readFunction(
        this.#whole(resource),
        this.#name(resource, resource.place),
        this,
        this.project,
      );
      return wanted === undefined ? [] : [{ wanted, place: resource.place }];
    });
  }

  reference(name: string, place: Position): Value | 'none' | undefined {
    const pseudo = pseudoParameter(name, this.project);
    if (pseudo === 'none') return 'none';
    if (pseudo !== undefined) return scalar(pseudo, place);
    if (this.parameters.has(name)) return this.parameters.value(name, place);
    const [logicalId = '', ...rest] = name.split('.');
    const resource = this.#resources.get(logicalId);
    if (resource === undefined) return this.#unknown(name, place);
    // `Function.Version` and `Function.Alias` are SAM's.
    if (rest.length > 0) return this.attribute(logicalId, rest.join('.'), place);
    return scalar(resource.kind === 'layer' ? this.#layerArn(resource) : this.#name(resource, place), place);
  }

  attribute(logicalId: string, attribute: string, place: Position): Value | undefined {
    const resource = this.#resources.get(logicalId);
    if (resource === undefined) return this.#unknown(logicalId, place, `.${attribute}`);
    const { kind } = resource;
    if (kind === 'layer' && /^(LayerVersion)?Arn$/.test(attribute)) {
      return scalar(this.#layerArn(resource), place);
    }
    if (kind === 'function' && attribute === 'Arn') return scalar(this.#functionArn(resource, place), place);
    if (kind === 'stack' && attribute.startsWith('Outputs.')) {
      const stack = this.#stack(resource);
      if (stack !== undefined) return stack.output(attribute.slice('Outputs.'.length), place);
    }
    const name = this.#name(resource, place);
    return scalar(attributePlaceholder(resource, name, attribute, this.project), place);
  }

  condition(name: string, place: Position): boolean {
    const value = this.#conditions?.entries.get(name);
    if (value === undefined || this.#asked.has(name)) {
      const why = value === undefined ? 'is not in Conditions; add it there' : 'depends on itself';
      this.notes.note(place, `refers to the condition ${name}, which ${why}`);
      return false;
    }
    this.#asked.add(name);
    const holds = conditionHolds(value, this, evaluated);
    this.#asked.delete(name);
    return holds;
  }

  /** An output, for the template that this one is nested in. */
  output(name: string, place: Position): Value | undefined {
    const output = mappingOf(this.#outputs?.entries.get(name));
    if (output !== undefined) return evaluated(output.entries.get('Value'), this);
    return this.notes.note(place, `refers to the output ${name}, which the nested template does not have`);
  }

  /** Those whose condition holds. */
  #wanted(): readonly Resource[] {
    return [...this.#resources.values()].filter(
      ({ condition }) => condition === undefined || conditionHolds(condition, this, evaluated),
    );
  }

  #whole(resource: Resource): Resource {
    if (!resource.serverless) return resource;
    return { ...resource, properties: withGlobals(this.#globals, resource.properties) };
  }

  /** What a resource is called: by a name that it is given, or else by its logical id. */
  #name(resource: Resource, place: Position): string {
    const { logicalId } = resource;
    if (this.#named.has(logicalId)) {
      this.notes.note(place, `refers to ${logicalId}, whose name depends on itself; write the name out`);
      return logicalId;
    }
    this.#named.add(logicalId);
    const property = nameProperty(resource);
    const properties = new Properties(this.#whole(resource).properties, this);
    const named = property === undefined ? undefined : properties.get(property);
    this.#named.delete(logicalId);
    return named?.kind === 'scalar' && named.text ? named.text : logicalId;
  }

  #functionArn(resource: Resource, place: Position): string {
    const { region, accountId } = this.project;
    return formatFunctionArn({ region, accountId, functionName: this.#name(resource, place) });
  }

  #layerArn(resource: Resource): string {
    const known = this.#layerArns.get(resource.logicalId);
    if (known !== undefined) return known;
    const arn = this.project.newLayerArn(this.#layerName(resource));
    this.#layerArns.set(resource.logicalId, arn);
    return arn;
  }

  #layerName(resource: Resource): string {
    const named = new Properties(resource.properties, this).get('LayerName');
    return named?.kind === 'scalar' && named.text ? named.text : resource.logicalId;
  }

  #unknown(name: string, place: Position, suffix = ''): Value | undefined {
    // What SAM makes of the template is not in its text.
    if (isMadeBySam(name, this.#resources)) return scalar(`${name}${suffix}`, place);
    const meant = nearest(name, [...this.parameters.names, ...this.#resources.keys()]);
    const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
    return this.notes.note(place, `refers to ${name}, which is neither a parameter nor a resource${hint}`);
  }

  /** A nested template; undefined where it is not on this machine, or has a problem, which is noted. */
  #stack(resource: Resource): Stack | undefined {
    const { logicalId } = resource;
    if (!this.#nested.has(logicalId)) {
      // Also while it is read: one whose parameters ask for its own outputs is told so, and does not go on for ever.
      this.#nested.set(logicalId, undefined);
      this.#nested.set(logicalId, this.#open(resource));
    }
    return this.#nested.get(logicalId);
  }

  #open(resource: Resource): Stack | undefined {
    const properties = new Properties(resource.properties, this);
    const name = resource.serverless ? 'Location' : 'TemplateURL';
    const location = properties.get(name);
    // An application of the repository, or a template in S3: nothing of it is here.
    if (location?.kind !== 'scalar' || /^https?:\/\//.test(location.text ?? '')) return undefined;
    const file = resolve(dirname(resource.place.source.file), location.text ?? '');
    if (this.above.includes(file))
      return properties.note(name, 'nests a template in itself; break the circle');
    const template = openTemplate(file, this.project, (problem) => properties.note(name, problem));
    if (template === undefined) return undefined;
    const given = properties.within('Parameters')?.mapping.entries ?? new Map<string, Value>();
    const stack = new Stack(template, given, this.project, [...this.above, file]);
    for (const { name: unknown, hint } of stack.parameters.unknown()) {
      const place = given.get(unknown)?.place ?? resource.place;
      this.notes.note(place, `is not a parameter of the nested template; ${hint}`);
    }
    return stack;
  }
}

function openTemplate(
  file: string,
  project: Project,
  note: (problem: string) => undefined,
): Mapping | undefined {
  try {
    const text = readTextFile(file);
    project.files.push(file);
    return readMapping(text, file, project.notes);
  } catch (error) {
    const code = errnoOf(error);
    if (code === undefined) throw error;
    return note(`is ${file}, which cannot be read (${code}); name a template that is there`);
  }
}

function mappingOf(value: Value | undefined): Mapping | undefined {
  return value?.kind === 'mapping' ? value : undefined;
}
