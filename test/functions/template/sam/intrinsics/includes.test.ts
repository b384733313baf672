import { join } from 'node:path';
import { hello, sharedSamFolder } from '../sam-folder';

const folder = sharedSamFolder();

const include = (location: string) => `{ Name: AWS::Include, Parameters: { Location: ${location} } }`;

beforeAll(async () => {
  await folder.write('snippets/variables.yaml', 'LEVEL: debug\nSTAGE: !Ref AWS::Region\n');
  await folder.write(
    'snippets/more.yaml',
    `More:\n  Type: AWS::Serverless::Function\n  Properties: { Runtime: python3.13, Handler: app.handler, CodeUri: ../hello }\n`,
  );
  await folder.write('snippets/circle.yaml', `'Fn::Transform': ${include('circle.yaml')}\n`);
});

test('includes files of this machine at every level, with paths relative to each file', () => {
  const text = `${hello(`Environment:
  Variables:
    OWN: x
    'Fn::Transform': ${include('snippets/variables.yaml')}`)}
  'Fn::Transform': ${include('./snippets/more.yaml')}
`;
  expect(folder.template(text)).toMatchObject({
    files: [
      folder.file,
      join(folder.path, 'snippets/variables.yaml'),
      join(folder.path, 'snippets/more.yaml'),
    ],
    functions: [
      { name: 'Hello', environment: { OWN: 'x', LEVEL: 'debug', STAGE: 'eu-west-1' } },
      { name: 'More', package: { code: join(folder.path, 'hello') } },
    ],
  });
});

test('leaves definitions of APIs alone', () => {
  const text = `${hello('')}
  Api:
    Type: AWS::Serverless::Api
    Properties: { StageName: x, DefinitionBody: { 'Fn::Transform': ${include('nowhere.yaml')} } }
`;
  expect(folder.template(text)).toMatchObject({ files: [folder.file], warnings: [] });
});

test('says what cannot be included', () => {
  const variables = (call: string) => hello(`Environment: { Variables: { 'Fn::Transform': ${call} } }`);
  expect(folder.problems(variables(include('s3://bucket/x.yaml')))).toEqual([
    expect.stringContaining(
      'Variables includes a file that is not on this machine. Name a local file in Location.',
    ),
  ]);
  expect(folder.problems(variables(include('nowhere.yaml')))).toContainEqual(
    expect.stringContaining('is FOLDER/nowhere.yaml, which cannot be read (ENOENT)'),
  );
  expect(folder.problems(variables('{ Name: Shout, Parameters: { Text: x } }'))).toEqual([
    expect.stringContaining('calls the macro Shout, which lambdock does not run. Write its result out here.'),
  ]);
  expect(folder.problems(variables(include('snippets/circle.yaml')))).toContainEqual(
    expect.stringContaining('includes a file in itself. Break the circle'),
  );
});
