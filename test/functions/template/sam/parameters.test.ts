import { parseTemplate } from '../../../../src/functions/template/template';
import { hello, SamFolder, sharedSamFolder } from './sam-folder';

const folder = sharedSamFolder();

test('leaves out a resource whose condition is false', () => {
  const text = `
Parameters:
  Stage: { Type: String, Default: dev }
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  Always:
    Type: AWS::Serverless::Function
    Properties: { Runtime: python3.13, Handler: app.handler, CodeUri: hello }
  OnlyInProd:
    Type: AWS::Serverless::Function
    Condition: IsProd
    Properties: { Runtime: python3.13, Handler: app.handler, CodeUri: hello }
`;
  const names = (parameters: Record<string, string>) =>
    folder.template(text, parameters).functions.map(({ name }) => name);
  expect(names({})).toEqual(['Always']);
  expect(names({ Stage: 'prod' })).toEqual(['Always', 'OnlyInProd']);
});

test('gives an import its --parameter value, or its own name with a warning', () => {
  const text = hello('Environment: { Variables: { TABLE: !ImportValue shop-Table } }');
  expect(folder.only(text, { 'shop-Table': 'orders' }).environment).toEqual({ TABLE: 'orders' });
  const { functions, warnings } = folder.template(text);
  expect(functions).toMatchObject([{ environment: { TABLE: 'shop-Table' } }]);
  expect(warnings).toEqual([
    expect.objectContaining({ message: expect.stringContaining('--parameter shop-Table=VALUE') }),
  ]);
});

test('refuses a list parameter when one of its items is not allowed', () => {
  const text = hello(
    'Description: !Join ["-", !Ref Zones]',
    'Parameters: { Zones: { Type: CommaDelimitedList, Default: "a,b", AllowedValues: [a, b] } }',
  );
  expect(folder.only(text).description).toBe('a-b');
  expect(folder.problems(text, { Zones: 'a,c' })).toEqual([
    expect.stringMatching(/Parameters\.Zones must be one of a, b, got c/),
  ]);
});

test('replaces variables of the template by given ones, and adds none', () => {
  const context = { region: 'eu-west-1', accountId: '123456789012', parameters: {} };
  const variables = { Parameters: { A1: 'all', B1: 'all' }, Hello: { A1: 'one', C1: 'new' } };
  const text = hello('Environment: { Variables: { A1: x, B1: y, D1: z } }');
  expect(parseTemplate(text, folder.file, { ...context, variables }).functions[0]?.environment).toEqual({
    A1: 'one',
    B1: 'all',
    D1: 'z',
  });
});

test('takes parameters from samconfig.toml, prefers given ones, and ignores unknown ones', async () => {
  await using own = await SamFolder.make();
  await own.write(
    'samconfig.toml',
    '[default.deploy.parameters]\nparameter_overrides = "Stage=prod Unknown=x"\n',
  );
  const text = hello('Description: !Ref Stage', 'Parameters: { Stage: { Type: String } }');
  expect(own.only(text).description).toBe('prod');
  expect(own.only(text, { Stage: 'test' }).description).toBe('test');
});
