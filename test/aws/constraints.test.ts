import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inputs } from '../../src/aws/constraints';
import { type Members, plainMembers, type Shape } from '../../src/aws/shape';
import { sdkOperations } from '../support/aws/sdk-schemas';
import { type ModelShape, serviceModel as model } from '../support/aws/service-model';

const names = Object.keys(inputs) as (keyof typeof inputs)[];
const locations: Readonly<Record<string, string>> = { uri: 'path', querystring: 'query', header: 'header' };

const present = (values: object) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== false));

function ofModel(name: string): unknown {
  const shape = model.shapes[name];
  if (shape === undefined) throw new Error(`the model has no ${name}`);
  const { type, min, max, pattern, sensitive, enum: values } = shape;
  const bounds = { min, max };
  switch (type) {
    case 'string':
      return present({ kind: 'text', ...bounds, pattern, sensitive, values: values && [...values].sort() });
    case 'integer':
    case 'long':
      return present({ kind: 'number', whole: true, ...bounds });
    case 'double':
      return present({ kind: 'number', ...bounds });
    case 'boolean':
      return { kind: 'boolean' };
    case 'timestamp':
      return { kind: 'time' };
    case 'blob':
      return { kind: 'bytes' };
    case 'list':
      return present({ kind: 'list', ...bounds, member: ofModel(shape.member?.shape ?? '') });
    case 'map': {
      const key = ofModel(shape.key?.shape ?? '');
      return present({ kind: 'map', ...bounds, sensitive, key, value: ofModel(shape.value?.shape ?? '') });
    }
    default:
      return { kind: type, members: membersOfModel(shape) };
  }
}

function membersOfModel({ members = {}, required = [], payload }: ModelShape): unknown {
  return Object.fromEntries(
    Object.entries(members).map(([name, { shape, location, locationName }]) => [
      name,
      {
        at: name === payload ? 'payload' : location === undefined ? 'body' : locations[location],
        wireName: locationName ?? name,
        required: required.includes(name),
        shape: ofModel(shape),
      },
    ]),
  );
}

/** What tables have from the overlay: how the service's errors differ from the model. */
const onlyInErrors = { recorded: undefined, patternFirst: undefined };

function ofTable(shape: Shape): unknown {
  switch (shape.kind) {
    case 'text':
      return present({
        ...shape,
        ...onlyInErrors,
        values: shape.values && [...shape.values].sort(),
      });
    case 'list':
      return present({ ...shape, sparse: undefined, member: ofTable(shape.member as Shape) });
    case 'map':
      return present({ ...shape, key: ofTable(shape.key), value: ofTable(shape.value as Shape) });
    case 'structure':
      return { kind: 'structure', members: membersOfTable(shape.members) };
    default:
      return present(shape);
  }
}

function membersOfTable(members: Members): unknown {
  return Object.fromEntries(
    plainMembers(members).map(([name, { at, wireName, required, shape }]) => [
      name,
      { at, wireName, required, shape: ofTable(shape) },
    ]),
  );
}

const generator = join(__dirname, '..', 'fixtures', 'service-model', 'generate.cjs');

test('every table is what the generator writes', () => {
  const { status, stderr } = spawnSync(process.execPath, [generator, '--check'], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
});

test('every entry of the overlay names its source', () => {
  const { entries } = JSON.parse(readFileSync(join(generator, '..', 'overlay.json'), 'utf8')) as {
    readonly entries: readonly { readonly source?: string }[];
  };
  expect(entries.filter(({ source }) => !source)).toEqual([]);
});

describe.each(names)('%s', (name) => {
  test('has the members, locations and constraints of the service model', () => {
    const shape = model.operations[name]?.input?.shape ?? '';
    expect(membersOfTable(inputs[name])).toEqual(
      membersOfModel(model.shapes[shape] ?? { type: 'structure' }),
    );
  });

  test("has the members of the SDK's schema", () => {
    const operation = sdkOperations().find((each) => each.name === name);
    const table = plainMembers(inputs[name]);
    const required = table.filter(([, member]) => member.required).map(([member]) => member);
    expect({
      at: Object.fromEntries(table.map(([member, { at, wireName }]) => [member, { location: at, wireName }])),
      required: required.sort(),
    }).toEqual({ at: operation?.input.at, required: [...(operation?.input.required ?? [])].sort() });
  });
});
