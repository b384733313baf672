import { dirname, resolve } from 'node:path';
import type { Mapping, Value } from '../../values';
import type { Project } from '../project';
import { readMappingFile } from '../read-mapping';

/** Properties that lambdock does not use. They may include large files. */
const leftAlone: ReadonlySet<string> = new Set(['DefinitionBody', 'Body', 'Definition', 'DefinitionString']);

/**
 * Replaces each `AWS::Include` of a local file with the file's content, merged with the entries around it. Other
 * includes stay:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/transform-aws-include.html
 * @param above files that include this text
 */
export function withIncludes<T extends Value>(value: T, project: Project, above: readonly string[] = []): T {
  if (value.kind === 'scalar') return value;
  if (value.kind === 'list') {
    return { ...value, items: value.items.map((item) => withIncludes(item, project, above)) };
  }
  const entries = [...value.entries].flatMap(([name, each]): (readonly [string, Value])[] => {
    const isCall = name === 'Fn::Transform' || name === 'Transform';
    const included = isCall ? includedMapping(each, project, above) : undefined;
    if (included !== undefined) return [...included.entries];
    return [[name, leftAlone.has(name) ? each : withIncludes(each, project, above)]];
  });
  return { ...value, entries: new Map(entries) };
}

function includedMapping(call: Value, project: Project, above: readonly string[]): Mapping | undefined {
  if (call.kind !== 'mapping') return undefined;
  const [name, parameters] = ['Name', 'Parameters'].map((each) => call.entries.get(each));
  const location = parameters?.kind === 'mapping' ? parameters.entries.get('Location') : undefined;
  if (name?.kind !== 'scalar' || name.text !== 'AWS::Include' || location?.kind !== 'scalar')
    return undefined;
  const written = location.text ?? '';
  if (/^(https?|s3):\/\//.test(written)) return undefined;
  const file = resolve(dirname(location.place.source.file), written);
  if (above.includes(file))
    return project.notes.note(location.place, 'includes a file in itself. Break the circle');
  const read = readMappingFile(file, project, (problem) => project.notes.limit(location.place, problem));
  return read && withIncludes(read, project, [...above, file]);
}
