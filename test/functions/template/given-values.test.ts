import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  functionVariables,
  parameterOverrides,
  parameterPair,
  samconfigParameters,
} from '../../../src/functions/template/given-values';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

test.each([
  ['Stage=prod', ['Stage', 'prod']],
  ['Orders.Table=a=b', ['Orders.Table', 'a=b']],
  ['shop-Table:x/y=', ['shop-Table:x/y', '']],
  ['Stage', undefined],
  ['=x', undefined],
])('a parameter %s', (text, pair) => {
  expect(parameterPair(text)).toEqual(pair);
});

test.each([
  ['Stage=prod Size=512', { Stage: 'prod', Size: '512' }],
  [`Name="a b" Other='c "d"' Third=e\\ f`, { Name: 'a b', Other: 'c "d"', Third: 'e f' }],
  [
    'ParameterKey=Stage,ParameterValue=prod ParameterKey=List,ParameterValue=a,b',
    { Stage: 'prod', List: 'a,b' },
  ],
  ['"Stage=a b"', { Stage: 'a b' }],
  ['', {}],
  ['Stage', undefined],
])('SAM`s overrides %s', (text, values) => {
  expect(parameterOverrides(text)).toEqual(values);
});

test.each([
  ['parameter_overrides = "Stage=\\"my stage\\" Size=512"', { Stage: 'my stage', Size: '512' }],
  ['parameter_overrides = \'Stage="x"\'', { Stage: 'x' }],
  ['parameter_overrides = [\n  "Stage=prod", # one\n  "Size=512",\n]', { Stage: 'prod', Size: '512' }],
  ['parameter_overrides = """\nStage=prod \\\nSize=512"""', { Stage: 'prod', Size: '512' }],
  ['stack_name = "parameter_overrides"', {}],
])('reads %s of samconfig.toml', async (line, values) => {
  await using folder = await TemporaryFolder.make();
  const text = `version = 0.1\n[default.deploy.parameters]\nregion = "x"\n${line}\n[prod.deploy.parameters]\nparameter_overrides = "Stage=no"\n`;
  await writeFile(join(folder.path, 'samconfig.toml'), text);
  expect(samconfigParameters(join(folder.path, 'template.yaml'))).toEqual(values);
  expect(samconfigParameters(join(folder.path, '.aws-sam/build/template.yaml'))).toEqual(values);
});

test('values of deploy go before those of all commands; without the file there are none', async () => {
  await using folder = await TemporaryFolder.make();
  expect(samconfigParameters(join(folder.path, 'template.yaml'))).toEqual({});
  const section = (command: string, value: string) =>
    `[default.${command}.parameters]\nparameter_overrides = "${value}"\n`;
  await writeFile(
    join(folder.path, 'samconfig.toml'),
    section('deploy', 'Stage=prod') + section('global', 'Stage=dev Size=1'),
  );
  expect(samconfigParameters(join(folder.path, 'template.yaml'))).toEqual({ Stage: 'prod', Size: '1' });
});

test('variables of functions are JSON objects of objects', () => {
  expect(functionVariables('{ "Hello": { "A": "x", "B": 1 }, "Parameters": { "C": true } }')).toEqual({
    Hello: { A: 'x', B: '1' },
    Parameters: { C: 'true' },
  });
  for (const text of ['', '[]', '{ "Hello": 1 }', '{ "Hello": [] }'])
    expect(functionVariables(text)).toBeUndefined();
});
