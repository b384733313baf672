import { formatFunctionArn } from '../../../aws/arn';
import { nearest } from '../../../lib/text/nearest';
import type { Notes } from '../notes';
import { type Mapping, mappingOf, movedTo, type Position, scalar, type Value } from '../values';
import { type Attached, aliasName, attachedTypes, formatRoleArn, lambdaTypes } from './attached';
import { readEventInvoke } from './event-invoke';
import { exportedOutput, openOthers } from './exports';
import type { FoundFunction } from './found-function';
import { generatedName } from './function-name';
import { readFunction } from './functions';
import { withGlobals } from './globals';
import { type Ignored, ignoredProperties, ignoredStack, ignoredType } from './ignored';
import { conditionHolds } from './intrinsics/conditions';
import { evaluated } from './intrinsics/intrinsics';
import { unrolled } from './intrinsics/loops';
import type { EvaluationScope } from './intrinsics/scope';
import { readLayer } from './layers';
import { nestedFile, openTemplate, withOwn } from './nested';
import { Parameters } from './parameters';
import type { Project } from './project';
import { Properties } from './properties';
import { qualifiedValue } from './qualified';
import {
  attributeForm,
  attributeOf,
  implicitApi,
  madeByFunction,
  nameProperty,
  pseudoParameter,
  referenceTo,
  unnamed,
} from './references';
import { type Resource, readResources } from './resources';
import { readUrl } from './urls';

/** A template with values for its parameters. Nested templates are separate stacks. */
export class Stack implements EvaluationScope {
  readonly parameters: Parameters;
  readonly mappings: Mapping | undefined;
  readonly #conditions: Mapping | undefined;
  readonly #globals: Mapping | undefined;
  readonly #outputs: Mapping | undefined;
  readonly #resources: ReadonlyMap<string, Resource> = new Map();
  readonly #layerArns = new Map<string, string>();
  readonly #nested = new Map<string, Stack | undefined>();
  /** Conditions that are being evaluated. A condition that is already in the set depends on itself. */
  readonly #asked = new Set<string>();
  /** Resources whose names are being evaluated, for the same check. */
  readonly #named = new Set<string>();

  /** @param above paths of the templates from the top one to this one */
  constructor(
    template: Mapping,
    given: ReadonlyMap<string, string | Value>,
    private readonly project: Project,
    private readonly above: readonly string[] = [],
    /** Logical ids of the nested stacks down to this one, separated by dots; empty for the top template. */
    private readonly path = '',
  ) {
    const section = (name: string) => mappingOf(template.entries.get(name));
    const looped = (name: string) => {
      const value = template.entries.get(name);
      return value && unrolled(value, this);
    };
    this.parameters = new Parameters(section('Parameters'), given, project, path);
    if (path !== '') project.stacks.set(path, this.parameters);

    this.mappings = section('Mappings');
    this.#conditions = mappingOf(looped('Conditions'));
    this.#outputs = mappingOf(looped('Outputs'));
    this.#globals = mappingOf(section('Globals')?.entries.get('Function'));
    this.#resources = readResources(looped('Resources'), project.notes);
    // Reserves these names first: a function of the same name in a nested template gets another name.
    if (path === '')
      for (const [name, resource] of this.#resources)
        if (resource.kind === 'function') project.takeName(name, resource);
  }

  get notes(): Notes {
    return this.project.notes;
  }

  get region(): string {
    return this.project.region;
  }

  /** Registers the layers of this template and of nested templates. */
  findLayers(): void {
    for (const resource of this.#wanted()) {
      if (resource.kind === 'stack') this.#stack(resource)?.findLayers();
      if (resource.kind !== 'layer') continue;
      // Problems of a layer matter only for functions that use it.
      const layer = this.notes.capture(() => readLayer(resource, this));
      this.project.layers.set(this.#layerArn(resource), layer);
    }
  }

  /** The functions of this template and of nested templates, in the order of the text. */
  functions(): readonly FoundFunction[] {
    return this.#wanted().flatMap((resource) => {
      if (resource.kind === 'stack') return this.#stack(resource)?.functions() ?? [];
      if (resource.kind !== 'function') return [];
      const { logicalId, place } = resource;
      let name = logicalId;
      const read = this.notes.capture(() => {
        name = this.#name(resource, place);
        const wanted = readFunction(this.#whole(resource), name, this, this.project);
        return wanted && { ...this.#attached(resource), ...wanted };
      });
      return [{ ...read, logicalId, name, place, ignored: ignoredProperties(this.#whole(resource)) }];
    });
  }

  /** Resources without effect in lambdock, including those of nested templates. */
  ignored(): readonly (Ignored & { readonly name: string })[] {
    return this.#wanted().flatMap((resource) => {
      const stack = resource.kind === 'stack' ? this.#stack(resource) : undefined;
      if (stack !== undefined) return stack.ignored();
      const found = resource.kind === 'stack' ? ignoredStack(resource, this) : ignoredType(resource);
      return found === undefined ? [] : [{ ...found, name: resource.logicalId }];
    });
  }

  reference(name: string, place: Position): Value | 'none' | undefined {
    const pseudo = pseudoParameter(name, this.project);
    if (pseudo === 'none') return 'none';
    if (pseudo !== undefined) return scalar(pseudo, place);
    if (this.parameters.has(name)) return this.parameters.value(name, place);
    const [logicalId = '', ...rest] = name.split('.');
    const resource = this.#resources.get(logicalId);
    if (resource === undefined) return this.#generated(name, 'Ref', place) ?? this.#unknown(name, place);
    // SAM allows `!Ref Function.Version` and `!Ref Function.Alias`.
    if (rest.length > 0) return this.attribute(logicalId, rest.join('.'), place);
    return scalar(this.#referenceTo(resource, place), place);
  }

  attribute(logicalId: string, attribute: string, place: Position): Value | undefined {
    const resource = this.#resources.get(logicalId);
    if (resource === undefined) {
      return this.#generated(logicalId, attribute, place) ?? this.#unknown(logicalId, place);
    }
    const { kind, type } = resource;
    if (kind === 'layer' && /^(LayerVersion)?Arn$/.test(attribute)) {
      return scalar(this.#layerArn(resource), place);
    }
    if (kind === 'function') return scalar(this.#functionAttribute(resource, attribute, place), place);
    if (kind === 'stack' && attribute.startsWith('Outputs.')) {
      const stack = this.#stack(resource);
      if (stack !== undefined) return stack.output(attribute.slice('Outputs.'.length), place);
    }
    const owner = lambdaTypes.has(type) ? this.#ownerOf(resource) : undefined;
    if (owner !== undefined) {
      const name = aliasName(new Properties(resource.properties, this));
      return scalar(this.#qualified(owner, type, attribute, name, place), place);
    }
    const name = this.#name(resource, place);
    const form = attributeForm(resource, name, attribute, this.project);
    // Many attributes have the name of a property, such as a parameter's `Value`.
    const property = resource.serverless && attribute === 'Stage' ? 'StageName' : attribute;
    const own = form === undefined ? new Properties(resource.properties, this).get(property) : undefined;
    if (own?.kind === 'scalar') return movedTo(place, own);
    return scalar(form ?? attributeOf(resource, name, attribute, this.project), place);
  }

  importedValue(name: string, place: Position): Value | undefined {
    const given = this.project.context.parameters[name];
    if (given !== undefined) {
      this.project.imports.add(name);
      return scalar(given, place);
    }
    this.project.others ??= openOthers(this.above[0] ?? '', this.project, (template, file, name) => {
      const other = new Stack(template, withOwn(new Map(), name, this.project), this.project, [file], name);
      other.findLayers();
      return other;
    });
    for (const other of this.project.others) {
      const value = other.exported(name, place);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  exported(name: string, place: Position): Value | undefined {
    return exportedOutput(this.#outputs, name, place, this);
  }

  condition(name: string, place: Position): boolean {
    const value = this.#conditions?.entries.get(name);
    if (value === undefined || this.#asked.has(name)) {
      const why = value === undefined ? 'is not in Conditions. Add it there' : 'depends on itself';
      this.notes.note(place, `refers to the condition ${name}, which ${why}`);
      return false;
    }
    this.#asked.add(name);
    const holds = conditionHolds(value, this, evaluated);
    this.#asked.delete(name);
    return holds;
  }

  /** The value of an output, for the parent template. */
  output(name: string, place: Position): Value | undefined {
    const output = mappingOf(this.#outputs?.entries.get(name));
    if (output !== undefined) return evaluated(output.entries.get('Value'), this);
    return this.notes.note(place, `refers to the output ${name}, which the nested template does not have`);
  }

  /** Resources whose condition is true. */
  #wanted(): readonly Resource[] {
    return [...this.#resources.values()].filter(
      ({ condition }) => condition === undefined || conditionHolds(condition, this, evaluated),
    );
  }

  #whole(resource: Resource): Resource {
    if (!resource.serverless) return resource;
    return { ...resource, properties: withGlobals(this.#globals, resource) };
  }

  /** The name of a resource: its name property, or else its logical id. */
  #name(resource: Resource, place: Position): string {
    const { logicalId } = resource;
    if (this.#named.has(logicalId)) {
      this.notes.note(place, `refers to ${logicalId}, whose name depends on itself. Write the name out`);
      return logicalId;
    }
    this.#named.add(logicalId);
    const property = nameProperty(resource);
    const properties = new Properties(this.#whole(resource).properties, this);
    const named = property === undefined ? undefined : properties.get(property);
    this.#named.delete(logicalId);
    if (named?.kind === 'scalar' && named.text) return named.text;
    if (resource.kind !== 'function') return unnamed(resource);
    const isFree = this.path === '' || this.project.takeName(logicalId, resource);
    return generatedName(isFree ? logicalId : `${this.path.replaceAll('.', '-')}-${logicalId}`);
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

  #referenceTo(resource: Resource, place: Position): string {
    const { kind, type } = resource;
    if (kind === 'layer') return this.#layerArn(resource);
    const owner = lambdaTypes.has(type) ? this.#ownerOf(resource) : undefined;
    if (owner !== undefined) {
      return this.#qualified(owner, type, 'Ref', aliasName(new Properties(resource.properties, this)), place);
    }
    const name = this.#name(resource, place);
    return kind === 'function' ? name : referenceTo(resource, name, this.project);
  }

  /** A reference to a resource that SAM generates, which is not in the text. */
  #generated(name: string, attribute: string, place: Position): Value | undefined {
    const made = madeByFunction(name, this.#resources);
    if (made === undefined) {
      const api = implicitApi(name, attribute);
      return api === undefined ? undefined : scalar(api, place);
    }
    const { resource, kind } = made;
    const types = { alias: 'AWS::Lambda::Alias', version: 'AWS::Lambda::Version', url: 'AWS::Lambda::Url' };
    if (kind === 'alias' || kind === 'version' || kind === 'url') {
      const alias = this.#autoAlias(resource);
      return scalar(this.#qualified(resource, types[kind], attribute, alias, place), place);
    }
    const { region, accountId } = this.project;
    const role = attribute === 'Arn' ? formatRoleArn(region, accountId, name) : undefined;
    return scalar(attribute === 'Ref' ? name : (role ?? `${name}.${attribute}`), place);
  }

  /** The value of a reference to an alias, version or URL of a function. */
  #qualified(
    owner: Resource,
    type: string,
    attribute: string,
    alias: string | undefined,
    place: Position,
  ): string {
    const { region, context } = this.project;
    return qualifiedValue(type, attribute, {
      arn: this.#functionArn(owner, place),
      alias,
      // If a function has an alias, its URL belongs to the alias. Versions are published only for an alias.
      own: this.#aliasOf(owner),
      region,
      port: context.port || 9_000,
    });
  }

  #functionAttribute(resource: Resource, attribute: string, place: Position): string {
    if (attribute === 'Arn') return this.#functionArn(resource, place);
    const types: Readonly<Record<string, string>> = {
      Alias: 'AWS::Lambda::Alias',
      Version: 'AWS::Lambda::Version',
    };
    const type = types[attribute];
    if (type !== undefined) return this.#qualified(resource, type, 'Ref', this.#autoAlias(resource), place);
    return attributeOf(resource, this.#name(resource, place), attribute, this.project);
  }

  #autoAlias(resource: Resource): string | undefined {
    const alias = new Properties(this.#whole(resource).properties, this).get('AutoPublishAlias');
    return alias?.kind === 'scalar' ? alias.text : undefined;
  }

  /** The alias of a function, from `AutoPublishAlias` or from an alias resource. */
  #aliasOf(owner: Resource): string | undefined {
    return this.#autoAlias(owner) ?? this.#attached(owner).alias;
  }

  /** Settings of a function that other resources have: its alias, URL and settings for asynchronous invocations. */
  #attached(owner: Resource): Attached {
    let found: Attached = {};
    for (const resource of this.#wanted()) {
      const { type, properties } = resource;
      if (!attachedTypes.has(type) || this.#ownerOf(resource) !== owner) continue;
      const own = new Properties(properties, this);
      const alias = type === 'AWS::Lambda::Alias' ? aliasName(own) : undefined;
      const url = type === 'AWS::Lambda::Url' ? readUrl(own) : undefined;
      const eventInvoke = type === 'AWS::Lambda::EventInvokeConfig' ? readEventInvoke(own) : undefined;
      found = {
        ...found,
        ...(alias !== undefined && { alias }),
        ...(url !== undefined && { url }),
        ...(eventInvoke !== undefined && { eventInvoke }),
      };
    }
    return found;
  }

  /** The function that an alias, version or URL belongs to. */
  #ownerOf({ properties }: Resource): Resource | undefined {
    const own = new Properties(properties, this);
    const name = own.get('FunctionName') ?? own.get('TargetFunctionArn');
    if (name?.kind !== 'scalar') return undefined;
    const functionName = (name.text ?? '').split(':function:').at(-1)?.split(':')[0];
    return [...this.#resources.values()].find(
      (each) => each.kind === 'function' && this.#name(each, each.place) === functionName,
    );
  }

  #unknown(name: string, place: Position): Value | undefined {
    const meant = nearest(name, [...this.parameters.names, ...this.#resources.keys()]);
    const hint = meant === undefined ? '' : `. Did you mean ${meant}?`;
    return this.notes.note(place, `refers to ${name}, which is neither a parameter nor a resource${hint}`);
  }

  /** Opens a nested template. Undefined if it is not on this machine, or has a problem, which is noted. */
  #stack(resource: Resource): Stack | undefined {
    const { logicalId } = resource;
    if (!this.#nested.has(logicalId)) {
      // Set before it is read, to stop a loop if a template's parameters refer to its own outputs.
      this.#nested.set(logicalId, undefined);
      this.#nested.set(logicalId, this.#open(resource));
    }
    return this.#nested.get(logicalId);
  }

  #open(resource: Resource): Stack | undefined {
    const properties = new Properties(resource.properties, this);
    const name = resource.serverless ? 'Location' : 'TemplateURL';
    const file = nestedFile(resource, properties);
    if (file === undefined) return undefined;
    if (this.above.includes(file))
      return properties.note(name, 'nests a template in itself. Break the circle');
    const template = openTemplate(file, this.project, (problem) =>
      this.notes.limit(properties.place(name), problem),
    );
    if (template === undefined) return undefined;
    const passed = properties.within('Parameters')?.mapping.entries ?? new Map<string, Value>();
    const path = this.path === '' ? resource.logicalId : `${this.path}.${resource.logicalId}`;
    const stack = new Stack(
      template,
      withOwn(passed, path, this.project),
      this.project,
      [...this.above, file],
      path,
    );
    for (const { name: unknown, hint } of stack.parameters.unknown()) {
      const place = passed.get(unknown)?.place ?? resource.place;
      this.notes.note(place, `is not a parameter of the nested template. ${hint}`);
    }
    return stack;
  }
}
