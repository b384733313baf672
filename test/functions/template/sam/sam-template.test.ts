// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is CloudFormation that fills these in.
import { join } from 'node:path';
import { parseTemplate, type Template } from '../../../../src/functions/template/template';
import { hello, SamFolder } from './sam-folder';

let folder: SamFolder;

beforeAll(async () => {
  folder = await SamFolder.make();
});

afterAll(() => folder[Symbol.asyncDispose]());

test('a function with what it must have is called as its resource, and gets Lambda`s defaults', () => {
  expect(folder.template(hello(''))).toEqual({
    settings: {},
    files: [folder.file],
    warnings: [],
    functions: [
      {
        name: 'Hello',
        description: '',
        memoryMiB: 128,
        timeoutMs: 3_000,
        ephemeralStorageMiB: 512,
        environment: {},
        package: {
          kind: 'zip',
          runtime: 'python3.13',
          handler: 'app.handler',
          code: join(folder.path, 'hello'),
          layers: [],
        },
      },
    ],
  });
});

test('everything that a serverless function can say is read', () => {
  const text = `
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Description: A shop
Parameters:
  Stage: { Type: String, Default: dev, AllowedValues: [dev, prod] }
Globals:
  Function:
    Runtime: nodejs22.x
    Timeout: 10
    MemorySize: 256
    Architectures: [arm64]
    Environment:
      Variables: { STAGE: !Ref Stage, LEVEL: info }
    Tags: { team: shop }
    Layers: [!Ref Libs]
  Api:
    Cors: "*"
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: !Sub orders-\${Stage}
      Description: Takes orders
      CodeUri: code.zip
      Handler: index.handler
      Timeout: 900
      Architectures: [x86_64]
      EphemeralStorage: { Size: 1024 }
      Environment:
        Variables: { LEVEL: debug, TABLE: !Ref Table, RETRIES: 3, VERBOSE: true }
      Layers: [!Ref More]
      Tags: { part: orders }
      FunctionUrlConfig: { AuthType: NONE, InvokeMode: RESPONSE_STREAM }
      ReservedConcurrentExecutions: 5
      AutoPublishAlias: live
      ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 2 }
      Policies: [{ DynamoDBCrudPolicy: { TableName: !Ref Table } }]
      Tracing: Active
      Events:
        Post: { Type: Api, Properties: { Path: /orders, Method: post } }
  Libs:
    Type: AWS::Serverless::LayerVersion
    Properties: { LayerName: libs, ContentUri: libs/, CompatibleRuntimes: [nodejs22.x] }
    Metadata: { BuildMethod: nodejs22.x }
  More:
    Type: AWS::Lambda::LayerVersion
    Properties: { Content: code.zip }
  Table:
    Type: AWS::Serverless::SimpleTable
Outputs:
  Url: { Value: !GetAtt OrdersUrl.FunctionUrl }
`;
  expect(folder.only(text)).toEqual({
    name: 'orders-dev',
    description: 'Takes orders',
    memoryMiB: 256,
    timeoutMs: 900_000,
    ephemeralStorageMiB: 1_024,
    architecture: 'x86_64',
    environment: { STAGE: 'dev', LEVEL: 'debug', TABLE: 'Table', RETRIES: '3', VERBOSE: 'true' },
    tags: { team: 'shop', part: 'orders' },
    url: { authType: 'NONE', invokeMode: 'RESPONSE_STREAM' },
    reservedConcurrency: 5,
    alias: 'live',
    provisionedConcurrency: 2,
    package: {
      kind: 'zip',
      runtime: 'nodejs22.x',
      handler: 'index.handler',
      code: join(folder.path, 'code.zip'),
      layers: [
        {
          kind: 'built',
          path: join(folder.path, 'libs'),
          build: { method: 'packages', runtime: 'nodejs22.x' },
        },
        join(folder.path, 'code.zip'),
      ],
    },
  });
  expect(folder.only(text, { Stage: 'prod' })).toMatchObject({
    name: 'orders-prod',
    environment: { STAGE: 'prod' },
  });
});

test('CloudFormation`s own functions are read, as JSON too', () => {
  const resources = {
    Hello: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Code: 'hello',
        Runtime: 'python3.13',
        Handler: 'app.handler',
        Tags: [{ Key: 'team', Value: 'shop' }],
        Environment: { Variables: { OTHER: { 'Fn::GetAtt': ['Inline', 'Arn'] } } },
      },
    },
    Inline: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Code: { ZipFile: 'def handler(event, context):\n    return 1\n' },
        Runtime: 'python3.13',
        Handler: 'index.handler',
      },
    },
    Asset: {
      Type: 'AWS::Lambda::Function',
      Metadata: { 'aws:asset:path': 'hello', 'aws:asset:property': 'Code' },
      Properties: { Code: { S3Bucket: 'b', S3Key: 'k' }, Runtime: 'python3.13', Handler: 'app.handler' },
    },
  };
  const { functions } = folder.template(JSON.stringify({ Resources: resources }, undefined, '\t'));
  expect(functions).toMatchObject([
    {
      name: 'Hello',
      tags: { team: 'shop' },
      environment: { OTHER: 'arn:aws:lambda:eu-west-1:123456789012:function:Inline' },
      package: { code: join(folder.path, 'hello') },
    },
    { name: 'Inline', package: { code: { file: 'index.py', text: expect.stringContaining('return 1') } } },
    { name: 'Asset', package: { code: join(folder.path, 'hello') } },
  ]);
});

test('inline code of Node is a file of its own kind', () => {
  const text = hello('InlineCode: exports.handler = async () => 1', 'Globals: {}').replace(
    'python3.13',
    'nodejs22.x',
  );
  expect(folder.only(text)).toMatchObject({ package: { code: { file: 'index.js' } } });
});

test('code that lists packages has them installed, unless it was built', async () => {
  await folder.write('listing/requirements.txt', 'six');
  const text = hello('').replace('CodeUri: hello/', 'CodeUri: listing/');
  expect(folder.only(text)).toMatchObject({ package: { build: { method: 'packages' } } });
  const built = text.replace('    Properties:', '    Metadata: { SamResourceId: Hello }\n    Properties:');
  expect(folder.only(built).package).not.toHaveProperty('build');
});

test('a URL for other origins', () => {
  const cors =
    'Cors: { AllowOrigins: ["https://*"], AllowMethods: [GET], AllowHeaders: [a], ExposeHeaders: [b], AllowCredentials: true, MaxAge: 5 }';
  expect(folder.only(hello(`FunctionUrlConfig: { AuthType: AWS_IAM, ${cors} }`)).url).toEqual({
    authType: 'AWS_IAM',
    invokeMode: 'BUFFERED',
    cors: {
      AllowOrigins: ['https://*'],
      AllowMethods: ['GET'],
      AllowHeaders: ['a'],
      ExposeHeaders: ['b'],
      AllowCredentials: true,
      MaxAge: 5,
    },
  });
});

test('images are those named, or what sam build makes', () => {
  const { functions } = folder.template(`
Resources:
  Named:
    Type: AWS::Serverless::Function
    Properties:
      PackageType: Image
      ImageUri: !Sub "\${AWS::AccountId}.dkr.ecr.\${AWS::Region}.\${AWS::URLSuffix}/shop:1"
      ImageConfig: { Command: [app.handler], EntryPoint: [/run], WorkingDirectory: /srv }
  BuiltOne:
    Type: AWS::Serverless::Function
    Properties: { PackageType: Image }
    Metadata: { Dockerfile: Dockerfile, DockerContext: ./hello, DockerTag: v1 }
  Plain:
    Type: AWS::Lambda::Function
    Properties:
      PackageType: Image
      Code: { ImageUri: my-image:tag }
`);
  expect(functions.map((each) => each.package)).toEqual([
    {
      kind: 'image',
      image: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop:1',
      command: ['app.handler'],
      entryPoint: ['/run'],
      workingDirectory: '/srv',
    },
    { kind: 'image', image: 'builtone:v1' },
    { kind: 'image', image: 'my-image:tag' },
  ]);
});

test('a resource whose condition does not hold is not there', () => {
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

test('nested templates get parameters, give outputs, and their paths are relative to themselves', async () => {
  await folder.write('parts/layers/template.yaml', layersTemplate);
  await folder.write('parts/layers/shared/python/shared.py', '');
  await folder.write('parts/orders/template.yaml', ordersTemplate);
  await folder.write('parts/orders/src/app.py', '');
  const template = folder.template(`
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::Serverless::Application
    Properties:
      Location: parts/orders/template.yaml
      Parameters: { Layer: !GetAtt Layers.Outputs.SharedArn, Stage: !Sub "\${AWS::StackName}-x" }
  Layers:
    Type: AWS::CloudFormation::Stack
    Properties: { TemplateURL: ./parts/layers/template.yaml }
  FromTheRepository:
    Type: AWS::Serverless::Application
    Properties: { Location: { ApplicationId: "arn:aws:serverlessrepo:…", SemanticVersion: 1.0.0 } }
`);
  expect(template).toMatchObject({
    files: [
      folder.file,
      join(folder.path, 'parts/orders/template.yaml'),
      join(folder.path, 'parts/layers/template.yaml'),
    ],
    functions: [
      {
        name: 'Orders',
        environment: { STAGE: 'lambdock-x' },
        package: {
          code: join(folder.path, 'parts/orders/src'),
          layers: [join(folder.path, 'parts/layers/shared')],
        },
      },
    ],
  });
});

const layersTemplate = `
Resources:
  Shared:
    Type: AWS::Serverless::LayerVersion
    Properties: { ContentUri: shared }
Outputs:
  SharedArn: { Value: !Ref Shared }
`;

const ordersTemplate = `
Parameters:
  Layer: { Type: String }
  Stage: { Type: String }
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: app.handler
      CodeUri: src
      Layers: [!Ref Layer]
      Environment: { Variables: { STAGE: !Ref Stage } }
`;

const three = `
Resources:
  Good:
    Type: AWS::Serverless::Function
    Properties: { Runtime: python3.13, Handler: app.handler, CodeUri: hello }
  Java:
    Type: AWS::Serverless::Function
    Properties: { Runtime: java21, Handler: Main, CodeUri: hello }
  NotBuilt:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: not-built, Runtime: python3.13, Handler: a.b, CodeUri: dist }
`;

test('functions that cannot be hosted are left out, with a warning that names them', () => {
  const { functions, warnings } = folder.template(three);
  expect(functions.map(({ name }) => name)).toEqual(['Good']);
  expect(
    warnings.map(({ line, message }) => `${line}: ${message}`.replaceAll(folder.path, 'FOLDER')),
  ).toEqual([
    expect.stringMatching(/^8: Resources\.Java\.Properties\.Runtime is java21, .* \(not hosted: Java\)$/),
    expect.stringMatching(
      /^11: Resources\.NotBuilt\.Properties\.CodeUri is dist, .* \(not hosted: not-built\)$/,
    ),
  ]);
});

test('what all functions have in common is said once', () => {
  const globals = 'Globals: { Function: { Runtime: java21 } }\n';
  const text = three.replace(/Runtime: (java21|python3.13), (Handler: (?!app))/g, '$2');
  expect(folder.template(globals + text).warnings).toEqual([
    expect.objectContaining({ message: expect.stringMatching(/\(not hosted: Java, not-built\)$/) }),
    expect.objectContaining({ message: expect.stringContaining('not-built') }),
  ]);
});

test('--only hosts the functions that it names, and hears of no others', () => {
  const context = { region: 'eu-west-1', accountId: '123456789012', parameters: {} };
  const named = (...only: string[]) => parseTemplate(three, folder.file, { ...context, only });
  expect(named('Good')).toMatchObject({ functions: [{ name: 'Good' }], warnings: [] });
  expect(() => named('Java')).toThrow(/Runtime is java21/);
  expect(() => named('Godo')).toThrow(
    /--only Godo is not a function of this template. It has Good, Java, not-built/,
  );
});

test('layers of other accounts are built from packages, taken from the settings, or left out', () => {
  const arn = (name: string) => `arn:aws:lambda:eu-west-1:017000801446:layer:${name}`;
  const layers = (...names: string[]) =>
    folder.template(
      hello(`Layers: [${names.join(', ')}]`),
      {},
      { [arn('own')]: '/own', [`${arn('pinned')}:2`]: '/pinned.zip' },
    );
  const packages = (template: Template) => template.functions[0]?.package;
  expect(
    packages(
      layers(
        `${arn('AWSLambdaPowertoolsPythonV3-python313-x86_64')}:7`,
        `${arn('own')}:3`,
        `${arn('pinned')}:2`,
      ),
    ),
  ).toMatchObject({
    layers: [
      { kind: 'generated', files: { 'requirements.txt': 'aws-lambda-powertools[all]>=3,<4\n' } },
      '/own',
      '/pinned.zip',
    ],
  });
  expect(
    packages(
      layers(
        '"{{resolve:ssm:/aws/service/powertools/python/arm64/python3.12/latest}}"',
        `${arn('Klayers-p312-requests')}:1`,
      ),
    ),
  ).toMatchObject({
    layers: [
      { name: 'AWSLambdaPowertoolsPythonV3-python312-arm64' },
      { files: { 'requirements.txt': 'requests\n' } },
    ],
  });
  const observing = layers(`${arn('aws-otel-python-amd64-ver-1-25-0')}:1`);
  expect(packages(observing)).toMatchObject({
    layers: [{ files: { 'otel-instrument': expect.stringContaining('exec "$@"') } }],
  });
  expect(observing.warnings).toEqual([
    expect.objectContaining({
      message: expect.stringMatching(/runs without it: it sends no metrics, traces or logs/),
    }),
  ]);
  expect(() => layers(`${arn('AWS-Parameters-and-Secrets-Lambda-Extension')}:11`)).toThrow(
    /an extension that the function calls/,
  );
});

test('a layer that a parameter of Parameter Store names is known, too', () => {
  const parameters =
    'Parameters:\n  Tools:\n    Type: AWS::SSM::Parameter::Value<String>\n    Default: /aws/service/powertools/typescript/generic/all/latest';
  expect(folder.only(hello('Layers: [!Ref Tools]', parameters)).package).toMatchObject({
    layers: [
      {
        name: 'AWSLambdaPowertoolsTypeScriptV2',
        files: { 'package.json': expect.stringContaining('"@aws-lambda-powertools/logger":"^2.0.0"') },
      },
    ],
  });
});

test('an import has the value that is given for it, or else its name, with a warning', () => {
  const text = hello('Environment: { Variables: { TABLE: !ImportValue shop-Table } }');
  expect(folder.only(text, { 'shop-Table': 'orders' }).environment).toEqual({ TABLE: 'orders' });
  const { functions, warnings } = folder.template(text);
  expect(functions).toMatchObject([{ environment: { TABLE: 'shop-Table' } }]);
  expect(warnings).toEqual([
    expect.objectContaining({ message: expect.stringContaining('--parameter shop-Table=VALUE') }),
  ]);
});

test('parameters of nested stacks can be given', async () => {
  await folder.write(
    'given/template.yaml',
    `
Parameters:
  Stage: { Type: String }
  Table: { Type: AWS::SSM::Parameter::Value<String>, Default: /table }
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: app.handler
      CodeUri: ../hello
      Environment: { Variables: { STAGE: !Ref Stage, TABLE: !Ref Table } }
`,
  );
  const text = `
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties: { Runtime: python3.13, Handler: app.handler, CodeUri: hello }
  Inner:
    Type: AWS::CloudFormation::Stack
    Properties: { TemplateURL: given/template.yaml, Parameters: { Stage: dev } }
`;
  expect(folder.template(text).warnings).toEqual([
    expect.objectContaining({
      message: expect.stringMatching(/with --parameter Inner\.Table=VALUE \(not hosted: Inner-Hello\)$/),
    }),
  ]);
  const { functions } = folder.template(text, { 'Inner.Table': 'orders', 'Inner.Stage': 'prod' });
  expect(functions.map(({ name, environment }) => [name, environment])).toEqual([
    ['Hello', {}],
    ['Inner-Hello', { STAGE: 'prod', TABLE: 'orders' }],
  ]);
  expect(folder.problems(text, { 'Inner.Tabel': 'x' })).toContain(
    '--parameter Inner.Tabel is not a parameter of this template. It has Stage, Table',
  );
});

test('esbuild gets the properties of the template, and what sam build takes without them', async () => {
  await folder.write('ts/src/app.ts', '');
  const typed = (metadata: string, more = '') =>
    folder.only(
      hello(more)
        .replace('python3.13', 'nodejs22.x')
        .replace('CodeUri: hello/', 'CodeUri: ts')
        .replace('app.handler', 'src/app.handler')
        .replace('    Properties:', `    Metadata: { BuildMethod: esbuild${metadata} }\n    Properties:`),
    );
  expect(typed('').package).toMatchObject({
    build: {
      method: 'esbuild',
      entryPoints: ['src/app'],
      options: ['--format=cjs', '--target=es2020', '--minify', '--outbase=.'],
    },
  });
  const properties =
    'EntryPoints: [src/app.ts], Format: esm, Minify: false, OutExtension: [.js=.mjs], External: ["@aws-sdk/*"], Loader: [".txt=text"], Sourcemap: true, MainFields: "module,main", Banner: { js: "// x" }';
  expect(typed(`, BuildProperties: { ${properties} }`)).toMatchObject({
    environment: { NODE_OPTIONS: '--enable-source-maps' },
    package: {
      build: {
        entryPoints: ['src/app.ts'],
        options: [
          '--format=esm',
          '--target=es2020',
          '--main-fields=module,main',
          '--external:@aws-sdk/*',
          '--loader:.txt=text',
          '--out-extension:.js=.mjs',
          '--banner:js=// x',
          '--sourcemap',
        ],
      },
    },
  });
  expect(
    typed(', BuildProperties: { Sourcemap: true }', 'Environment: { Variables: { NODE_OPTIONS: --x } }'),
  ).toMatchObject({
    environment: { NODE_OPTIONS: '--x' },
  });
});

test('makefiles have a target for each resource', async () => {
  await folder.write('made/Makefile', '');
  const text = hello('Layers: [!Ref Libs]')
    .replace('CodeUri: hello/', 'CodeUri: made')
    .replace('    Properties:', '    Metadata: { BuildMethod: makefile }\n    Properties:');
  const layer =
    '  Libs: { Type: AWS::Serverless::LayerVersion, Properties: { ContentUri: made }, Metadata: { BuildMethod: makefile } }\n';
  expect(folder.only(text + layer).package).toMatchObject({
    build: { method: 'makefile', target: 'build-Hello' },
    layers: [{ kind: 'built', build: { method: 'makefile', target: 'build-Libs' } }],
  });
});

test('a layer with a build method is built, whatever its folder holds', () => {
  const layer = (method: string) =>
    `  Libs: { Type: AWS::Serverless::LayerVersion, Properties: { ContentUri: hello }, Metadata: { BuildMethod: ${method} } }\n`;
  expect(folder.only(hello('Layers: [!Ref Libs]') + layer('python3.13')).package).toMatchObject({
    layers: [
      {
        kind: 'built',
        path: join(folder.path, 'hello'),
        build: { method: 'packages', runtime: 'python3.13' },
      },
    ],
  });
  expect(folder.problems(hello('Layers: [!Ref Libs]') + layer('java21'))).toEqual([
    expect.stringMatching(/Resources\.Libs is built with java21. Run "sam build"/),
  ]);
});

test('variables that are given replace those of the template, and add none', () => {
  const context = { region: 'eu-west-1', accountId: '123456789012', parameters: {} };
  const variables = { Parameters: { A1: 'all', B1: 'all' }, Hello: { A1: 'one', C1: 'new' } };
  const text = hello('Environment: { Variables: { A1: x, B1: y, D1: z } }');
  expect(parseTemplate(text, folder.file, { ...context, variables }).functions[0]?.environment).toEqual({
    A1: 'one',
    B1: 'all',
    D1: 'z',
  });
});

test('samconfig.toml gives values to parameters, unless others are given; others than the template has are passed over', async () => {
  await using own = await SamFolder.make();
  await own.write(
    'samconfig.toml',
    '[default.deploy.parameters]\nparameter_overrides = "Stage=prod Unknown=x"\n',
  );
  const text = hello('Description: !Ref Stage', 'Parameters: { Stage: { Type: String } }');
  expect(own.only(text).description).toBe('prod');
  expect(own.only(text, { Stage: 'test' }).description).toBe('test');
});

test('what does nothing here is said once for each kind, about functions that are hosted', () => {
  const text = `
Globals: { Function: { Runtime: python3.13, Handler: app.handler, CodeUri: hello, FileSystemConfigs: [{ Arn: a, LocalMountPath: /mnt/a }] } }
Resources:
  One: { Type: AWS::Serverless::Function, Properties: { Events: { A: { Type: Api } } } }
  Two: { Type: AWS::Serverless::Function, Properties: { Events: { A: { Type: SQS } } } }
  Java: { Type: AWS::Serverless::Function, Properties: { Runtime: java21, DurableConfig: { ExecutionTimeout: 1 } } }
  Mapping: { Type: AWS::Lambda::EventSourceMapping, Properties: { FunctionName: !Ref One } }
`;
  const { warnings } = folder.template(text);
  expect(warnings.map(({ message }) => message).slice(1)).toEqual([
    'Events are not connected; invoke the functions directly (One, Two).',
    'FileSystemConfigs is not mounted (One, Two).',
    'AWS::Lambda::EventSourceMapping is not connected; invoke the functions directly (Mapping).',
  ]);
  expect(folder.template(hello('')).warnings).toEqual([]);
});

test('logging is read from a function and from Globals, and a group may be a resource', () => {
  const text = `
Globals: { Function: { Runtime: python3.13, Handler: app.handler, CodeUri: hello, LoggingConfig: { LogFormat: JSON, SystemLogLevel: WARN } } }
Resources:
  Group: { Type: AWS::Logs::LogGroup, Properties: { LogGroupName: /my/group } }
  Unnamed: { Type: AWS::Logs::LogGroup }
  One: { Type: AWS::Serverless::Function, Properties: { LoggingConfig: { ApplicationLogLevel: DEBUG, LogGroup: !Ref Group } } }
  Two: { Type: AWS::Serverless::Function, Properties: { LoggingConfig: { LogFormat: Text, LogGroup: !Ref Unnamed } } }
`;
  const { functions, warnings } = folder.template(text);
  expect(warnings).toEqual([]);
  expect(functions.map(({ logging }) => logging)).toEqual([
    { LogFormat: 'JSON', SystemLogLevel: 'WARN', ApplicationLogLevel: 'DEBUG', LogGroup: '/my/group' },
    { LogFormat: 'Text', SystemLogLevel: 'WARN', LogGroup: expect.stringContaining('Unnamed') },
  ]);
});

test('calls that lambdock cannot answer leave out their function alone', () => {
  const other = (expression: string) =>
    hello('', 'Mappings: { Regions: { us-west-2: { Size: 512 } } }') +
    `  Other:\n    Type: AWS::Serverless::Function\n    Properties: { Runtime: python3.13, Handler: app.handler, CodeUri: hello, Description: ${expression} }\n`;
  for (const expression of [
    '!FindInMap [Regions, !Ref AWS::Region, Size]',
    '!Transform { Name: Made }',
    '!Select [3, !Split ["/", a/b]]',
  ]) {
    const { functions, warnings } = folder.template(other(expression));
    expect(functions.map(({ name }) => name)).toEqual(['Hello']);
    expect(warnings).toEqual([
      expect.objectContaining({ message: expect.stringMatching(/\(not hosted: Other\)$/) }),
    ]);
  }
});

test('each item of a list parameter has to be allowed', () => {
  const text = hello(
    'Description: !Join ["-", !Ref Zones]',
    'Parameters: { Zones: { Type: CommaDelimitedList, Default: "a,b", AllowedValues: [a, b] } }',
  );
  expect(folder.only(text).description).toBe('a-b');
  expect(folder.problems(text, { Zones: 'a,c' })).toEqual([
    expect.stringMatching(/Parameters\.Zones must be one of a, b, got c/),
  ]);
});

test('a template without functions says so', () => {
  const { functions, warnings } = folder.template('Resources: { Bucket: { Type: AWS::S3::Bucket } }');
  expect(functions).toEqual([]);
  expect(warnings).toMatchObject([{ message: expect.stringMatching(/^has no function of type/) }]);
});

test('a dynamic reference stays as it is, with a warning', () => {
  const { functions, warnings } = folder.template(
    hello('Environment: { Variables: { SECRET: "{{resolve:secretsmanager:name:SecretString:key}}" } }'),
  );
  expect(functions[0]?.environment.SECRET).toMatch(/^\{\{resolve/);
  expect(warnings).toMatchObject([
    { message: expect.stringMatching(/Give a value with --env-vars FILE\.$/) },
  ]);
});

test('what happens to asynchronous invocations is read, of a function or from a resource of its own', () => {
  const arn = 'arn:aws:sqs:eu-west-1:123456789012:failed';
  const config = `MaximumRetryAttempts: 1, MaximumEventAgeInSeconds: 60, DestinationConfig: { OnFailure: { Type: SQS, Destination: "${arn}" } }`;
  const expected = {
    eventInvoke: {
      MaximumRetryAttempts: 1,
      MaximumEventAgeInSeconds: 60,
      DestinationConfig: { OnFailure: { Destination: arn } },
    },
  };
  const own = folder.only(
    hello(`EventInvokeConfig: { ${config} }\nDeadLetterQueue: { Type: SQS, TargetArn: "${arn}" }`),
  );
  expect(own).toMatchObject({ ...expected, deadLetterTarget: arn });
  const resource = `  Config: { Type: AWS::Lambda::EventInvokeConfig, Properties: { FunctionName: !Ref Hello, Qualifier: $LATEST, ${config} } }\n`;
  expect(folder.only(hello('') + resource)).toMatchObject(expected);
  expect(folder.problems(hello('EventInvokeConfig: { MaximumRetryAttempts: 3 }'))).toEqual([
    expect.stringMatching(/MaximumRetryAttempts must be between 0 and 2, got 3/),
  ]);
});
