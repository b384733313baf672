import { nearest } from '../../../lib/text/nearest';
import { layerParameter } from '../known-layers';
import { type Mapping, movedTo, type Position, plain, scalar, type Value } from '../values';
import type { Project } from './project';

const lists = /^(CommaDelimitedList|List<.*>|AWS::SSM::Parameter::Value<(List<.*>|CommaDelimitedList)>)$/;

/** A template's parameters. A given value replaces the default. */
export class Parameters {
  /** @param given texts from the user, or values from the parent template */
  constructor(
    private readonly declared: Mapping | undefined,
    private readonly given: ReadonlyMap<string, string | Value>,
    private readonly project: Project,
    /** Logical ids of the nested stack, separated by dots; empty for the top template. */
    private readonly path: string,
  ) {}

  has(name: string): boolean {
    return this.declared?.entries.has(name) ?? false;
  }

  get names(): readonly string[] {
    return [...(this.declared?.entries.keys() ?? [])];
  }

  /** Given names that the template does not have, each with a hint. */
  unknown(): readonly { readonly name: string; readonly hint: string }[] {
    return [...this.given.keys()]
      .filter((name) => !this.has(name))
      .map((name) => {
        const meant = nearest(name, this.names);
        const known = this.names.length === 0 ? 'It has none.' : `It has ${this.names.join(', ')}.`;
        return { name, hint: meant === undefined ? known : `Did you mean ${meant}?` };
      });
  }

  /** Notes a limit or a problem at the parameter if it has no value or a value that is not allowed. */
  value(name: string, place: Position): Value | undefined {
    const declared = this.declared?.entries.get(name);
    if (declared?.kind !== 'mapping') return undefined;
    const type = textOf(declared.entries.get('Type')) ?? 'String';
    const given = this.given.get(name);
    const stored = type.startsWith('AWS::SSM::Parameter::Value');
    const { notes, region } = this.project;
    const option = `--parameter ${this.path === '' ? '' : `${this.path}.`}${name}=VALUE`;
    if (given === undefined && stored) {
      const arn = layerParameter(textOf(declared.entries.get('Default')) ?? '', region);
      if (arn !== undefined) return scalar(arn, place);
      return notes.limit(
        declared.place,
        `is kept in Parameter Store, which lambdock does not ask. Give its value with ${option}`,
      );
    }
    const value = given ?? declared.entries.get('Default');
    if (value === undefined) {
      return notes.limit(declared.place, `has no default. Give its value with ${option}`);
    }
    const read = typeof value === 'string' ? scalar(value, place) : movedTo(place, value);
    if (read.kind !== 'scalar') return read;
    const text = read.text ?? '';
    const isList = lists.test(type);
    const texts = text === '' ? [] : text.split(',').map((item) => item.trim());
    for (const each of isList ? texts : [text]) this.#check(declared, each, type);
    if (!isList) return scalar(text, place);
    const items = texts.map((item) => scalar(item, place));
    return { kind: 'list', place, items };
  }

  #check(declared: Mapping, text: string, type: string): void {
    const allowed = declared.entries.get('AllowedValues');
    const values = allowed === undefined ? undefined : plain(allowed);
    if (Array.isArray(values) && !values.includes(text)) {
      this.project.notes.note(
        declared.place,
        `must be one of ${values.join(', ')}, got ${text || 'nothing'}`,
      );
    } else if (type === 'Number' && (text === '' || Number.isNaN(Number(text)))) {
      this.project.notes.note(declared.place, `must be a number, got ${text || 'nothing'}`);
    }
  }
}

function textOf(value: Value | undefined): string | undefined {
  return value?.kind === 'scalar' ? value.text : undefined;
}
