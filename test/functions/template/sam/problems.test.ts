// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation fills these in.
import { join } from 'node:path';
import { formatProblem } from '../../../../src/functions/template/problems';
import { parseTemplate } from '../../../../src/functions/template/template';
import { hello, sharedSamFolder } from './sam-folder';

const folder = sharedSamFolder();

const resource = (type: string, properties: string) =>
  `Resources:\n  Hello:\n    Type: ${type}\n    Properties: { ${properties} }\n`;
const cloudFormation = (code: string) =>
  resource('AWS::Lambda::Function', `Runtime: python3.13, Handler: a.b, Code: ${code}`);
const variable = (expression: string) => hello(`Environment: { Variables: { VALUE: ${expression} } }`);
const at = 'Resources.Hello.Properties';
const value = `10:35: ${at}.Environment.Variables.VALUE`;

test.each([
  ['memory', hello('MemorySize: 64'), `10:7: ${at}.MemorySize must be between 128 and 10240 MB, got 64`],
  ['timeout', hello('Timeout: soon'), `10:7: ${at}.Timeout must be between 1 and 900 seconds, got soon`],
  [
    '/tmp',
    hello('EphemeralStorage: { Size: 1 }'),
    `10:27: ${at}.EphemeralStorage.Size must be between 512 and 10240 MB, got 1`,
  ],
  [
    'architecture',
    hello('Architectures: [mips]'),
    `10:23: ${at}.Architectures[0] must be x86_64 or arm64, got mips`,
  ],
  [
    'variables as a list',
    hello('Environment: { Variables: [] }'),
    `10:22: ${at}.Environment.Variables must be a mapping, got a list`,
  ],
  ['a variable that is a list', variable('[1]'), `${value} must be text, got a list`],
  [
    'a reserved variable',
    hello('Environment: { Variables: { AWS_REGION: x } }'),
    `10:35: ${at}.Environment.Variables.AWS_REGION is reserved: Lambda sets it. Use another name.`,
  ],
  [
    'a variable`s name',
    hello('Environment: { Variables: { a-b: x } }'),
    `10:35: ${at}.Environment.Variables.a-b cannot be a variable. Use a letter, then letters, digits and _, two characters or more.`,
  ],
  [
    'a name',
    hello('FunctionName: a b'),
    `10:7: ${at}.FunctionName is called a b, which cannot be a function's name. Use letters, digits, - and _, at most 64`,
  ],
  [
    'no handler',
    resource('AWS::Serverless::Function', 'CodeUri: hello, Runtime: python3.13'),
    '2:3: Resources.Hello has no Handler. A function that is not an image needs both.',
  ],
  [
    'nothing at all',
    resource('AWS::Serverless::Function', ''),
    '2:3: Resources.Hello has no Runtime and no Handler. A function that is not an image needs both.',
  ],
  [
    'no code',
    resource('AWS::Lambda::Function', 'Runtime: python3.13, Handler: a.b'),
    '2:3: Resources.Hello has no Code. Name its folder or zip file there',
  ],
  [
    'code that is not there',
    cloudFormation('nowhere'),
    `4:54: ${at}.Code is nowhere, but there is no FOLDER/nowhere. Paths are relative to the folder of this file`,
  ],
  [
    'code of another kind',
    cloudFormation('notes.txt'),
    `4:54: ${at}.Code must be a folder, a .zip or a .jar file, got notes.txt`,
  ],
  [
    'code in S3',
    cloudFormation('{ S3Bucket: b, S3Key: k }'),
    `4:54: ${at}.Code is in S3, which lambdock does not ask. Name the folder or the zip file that it was made from`,
  ],
  [
    'code in S3, by address',
    resource('AWS::Serverless::Function', 'Runtime: python3.13, Handler: a.b, CodeUri: "s3://b/k"'),
    `4:54: ${at}.CodeUri is in S3, which lambdock does not ask. Name the folder or the zip file that it was made from`,
  ],
  [
    'an image without a name',
    resource('AWS::Serverless::Function', 'PackageType: Image'),
    '2:3: Resources.Hello has no ImageUri. Name the image, or say in Metadata what it is built from (Dockerfile, DockerContext)',
  ],
  [
    'a layer from elsewhere',
    hello('Layers: ["arn:aws:lambda:eu-west-1:1:layer:tool:3"]'),
    `10:16: ${at}.Layers[0] is arn:aws:lambda:eu-west-1:1:layer:tool:3, a layer that is not on this machine. Download it ("aws lambda get-layer-version-by-arn" shows from where), and name the file in lambdock.yaml: layers: { "arn:aws:lambda:eu-west-1:1:layer:tool": tool.zip }`,
  ],
  [
    'too many layers',
    `${hello('Layers: [!Ref L, !Ref L, !Ref L, !Ref L, !Ref L, !Ref L]')}  L: { Type: AWS::Serverless::LayerVersion, Properties: { ContentUri: libs } }`,
    `10:7: ${at}.Layers must have at most 5 layers, got 6`,
  ],
  [
    'a layer without content',
    `${hello('Layers: [!Ref L]')}  L: { Type: AWS::Serverless::LayerVersion }`,
    '11:3: Resources.L has no ContentUri. Name its folder or zip file there',
  ],
  [
    'a function URL without its kind',
    hello('FunctionUrlConfig: {}'),
    `10:7: ${at}.FunctionUrlConfig has no AuthType. Set it to NONE or AWS_IAM.`,
  ],
  [
    'resources as a list',
    'Resources: []',
    '1:1: Resources must be a mapping of names to resources, got a list',
  ],
  [
    'text that is not YAML',
    'Resources: {}\nTransform: [',
    '2:13: Invalid YAML: a bracket is not closed. Add the closing one.',
  ],
  [
    'an unknown name',
    variable('!Ref Helo'),
    `${value} refers to Helo, which is neither a parameter nor a resource. Did you mean Hello?`,
  ],
  [
    'an unknown name in a text',
    variable('!Sub "${Nothing.Arn}"'),
    `${value} refers to Nothing, which is neither a parameter nor a resource`,
  ],
  [
    'an unknown function',
    variable('!Subb x'),
    `${value} calls Fn::Subb, which lambdock does not know. Did you mean Fn::Sub?`,
  ],
  [
    'a function that goes too far',
    variable('!Transform { Name: Made }'),
    `${value} calls the macro Made, which lambdock does not run. Write its result out here.`,
  ],
  [
    'a lookup',
    variable('!FindInMap [A, b, c]'),
    `${value} looks up A, b, c, which is not in Mappings. Add it there.`,
  ],
  ['a selection', variable('!Select [3, [a]]'), `${value} selects item 3 of a list that has 1`],
  [
    'one argument for two',
    variable('!Join [","]'),
    `${value} calls Fn::Join with a list. It takes a list of two`,
  ],
  [
    'a list for text',
    variable('!Split [",", [a]]'),
    `${value} calls Fn::Split with a list. It takes text there`,
  ],
  ['text for a list', variable('!Join [",", a]'), `${value} calls Fn::Join with a. It takes a list there`],
  ['no attribute', variable('!GetAtt Hello'), `${value} calls Fn::GetAtt without an attribute`],
  [
    'an unknown condition',
    variable('!If [Nope, a, b]'),
    `${`10:47: ${at}.Environment.Variables.VALUE`}[0] refers to the condition Nope, which is not in Conditions. Add it there`,
  ],
])('%s', (_, text, problem) => {
  expect(folder.problems(text)).toEqual([problem]);
});

test('runtimes that lambdock does not host, and unknown ones', () => {
  const [hosted] = folder.problems(hello('').replace('python3.13', 'python3.8'));
  expect(hosted).toMatch(
    /^7:7: Resources\.Hello\.Properties\.Runtime is python3\.8, which lambdock does not host. Package the function as an image, or take one of python3\.9, /,
  );
  const [unknown] = folder.problems(hello('').replace('python3.13', 'cobol'));
  expect(unknown).toMatch(
    /^7:7: Resources\.Hello\.Properties\.Runtime must be one of python3\.9, .+, got cobol$/,
  );
});

test('leaves compiled code to sam build, and takes its template as it is', async () => {
  const text = hello('').replace(
    '    Properties:',
    '    Metadata: { BuildMethod: dotnet8 }\n    Properties:',
  );
  expect(folder.problems(text)).toEqual([
    '4:3: Resources.Hello is built with dotnet8. Run "sam build", then host what it made: -t .aws-sam/build/template.yaml',
  ]);
  await folder.write('.aws-sam/build/hello/app.py', '');
  const file = join(folder.path, '.aws-sam', 'build', 'template.yaml');
  expect(parseTemplate(text, file).functions).toMatchObject([{ name: 'Hello' }]);
  // Elsewhere, as in a container, its folder is called otherwise.
  const marked = text.replace('dotnet8 }', 'dotnet8, SamResourceId: Hello }');
  expect(folder.template(marked).functions).toMatchObject([{ name: 'Hello' }]);
});

test('parameters: without a value, in Parameter Store, of another value than allowed, no number', () => {
  const parameters = `
Parameters:
  Bare: { Type: String }
  Stored: { Type: "AWS::SSM::Parameter::Value<String>", Default: /shop/name }
  Stage: { Type: String, Default: dev, AllowedValues: [dev, prod] }
  Count: { Type: Number, Default: 1 }
  Unused: { Type: String }
`;
  const text = hello('Description: !Sub "${Bare}${Stored}${Stage}${Count}"', parameters);
  expect(folder.problems(text, { Stage: 'test', Count: 'many', Stge: 'x', Other: 'y' })).toEqual([
    '--parameter Stge is not a parameter of this template. Did you mean Stage?',
    '--parameter Other is not a parameter of this template. It has Bare, Stored, Stage, Count, Unused.',
    '4:3: Parameters.Bare has no default. Give its value with --parameter Bare=VALUE',
    '5:3: Parameters.Stored is kept in Parameter Store, which lambdock does not ask. Give its value with --parameter Stored=VALUE',
    '6:3: Parameters.Stage must be one of dev, prod, got test',
    '7:3: Parameters.Count must be a number, got many',
  ]);
});

test('circular conditions, and values that are not conditions', () => {
  const conditions = 'Conditions:\n  A: !Not [!Condition B]\n  B: !Not [!Condition A]\n  C: [x]';
  expect(folder.problems(hello('Description: !If [A, x, y]', conditions))).toEqual([
    '4:23: Conditions.B[0] refers to the condition A, which depends on itself',
  ]);
  expect(folder.problems(hello('Description: !If [C, x, y]', conditions))).toEqual([
    '5:3: Conditions.C is not a condition. Use Fn::Equals, Fn::And, Fn::Or, Fn::Not or Condition.',
  ]);
});

test('reports a mistake in Globals once, for any number of functions', () => {
  const globals = 'Globals:\n  Function:\n    MemorySize: 1';
  const text = `${hello('', globals)}  Other:\n    Type: AWS::Serverless::Function\n    Properties: { Runtime: python3.13, Handler: a.b, CodeUri: hello }\n`;
  expect(folder.problems(text)).toEqual([
    '4:5: Globals.Function.MemorySize must be between 128 and 10240 MB, got 1',
  ]);
});

test('nested templates: missing, in a circle, with unknown parameters, with errors', async () => {
  await folder.write(
    'nested.yaml',
    `${hello('MemorySize: 1')}  Self:\n    Type: AWS::Serverless::Application\n    Properties: { Location: nested.yaml }\n`,
  );
  const problems = folder.problems(`
Resources:
  Gone: { Type: AWS::Serverless::Application, Properties: { Location: gone.yaml } }
  There:
    Type: AWS::Serverless::Application
    Properties: { Location: nested.yaml, Parameters: { Stage: x, Other: !GetAtt There.Outputs.None } }
`);
  expect(problems).toEqual([
    '3:61: Resources.Gone.Properties.Location is FOLDER/gone.yaml, which cannot be read (ENOENT). Name a template that is there',
    '6:56: Resources.There.Properties.Parameters.Stage is not a parameter of the nested template. It has none.',
    '6:66: Resources.There.Properties.Parameters.Other is not a parameter of the nested template. It has none.',
    'FOLDER/nested.yaml:10:7: Resources.Hello.Properties.MemorySize must be between 128 and 10240 MB, got 1',
    'FOLDER/nested.yaml:13:19: Resources.Self.Properties.Location nests a template in itself. Break the circle',
  ]);
});

test('two functions of one name', () => {
  const text = `${hello('')}  Other:\n    Type: AWS::Serverless::Function\n    Properties: { FunctionName: Hello, Runtime: python3.13, Handler: a.b, CodeUri: hello }\n`;
  expect(folder.problems(text)).toEqual([
    '11:3: Resources.Other is called Hello, as Resources.Hello in FOLDER/template.yaml is. Give one of them another FunctionName',
  ]);
});

test('refuses resources of a macro, and layers of applications that are not available', () => {
  const application =
    '  App: { Type: AWS::Serverless::Application, Properties: { Location: { ApplicationId: x } } }\n';
  const loop = '  Fn::Transform: { Name: Made }\n';
  expect(folder.problems(hello('Layers: [!GetAtt App.Outputs.LayerArn]') + application + loop)).toEqual([
    expect.stringMatching(
      /^10:24: Resources\.Hello\.Properties\.Layers\[0\] is App\.Outputs\.LayerArn, a layer that is not on this machine\. /,
    ),
    '12:3: Resources.Fn::Transform makes resources by a macro, which lambdock does not run. Write them out',
  ]);
});

test('a name that depends on itself', () => {
  expect(folder.problems(hello('FunctionName: !Sub "${Hello}-x"'))).toEqual([
    '10:7: Resources.Hello.Properties.FunctionName refers to Hello, whose name depends on itself. Write the name out',
  ]);
});

test('a problem names its file', () => {
  const problem = { file: '/x/nested.yaml', line: 3, column: 5, message: 'Resources.A is wrong' };
  expect(formatProblem('/x/template.yaml', problem)).toBe('/x/nested.yaml:3:5: Resources.A is wrong');
});
