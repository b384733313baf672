import { join } from 'node:path';
import { parseTemplate } from '../../../../src/functions/template/template';
import { aWantedFunction } from '../../../support/functions/wanted-functions';
import { hello, sharedSamFolder } from './sam-folder';

const folder = sharedSamFolder();

test("gives a function its resource's name and Lambda's defaults", () => {
  expect(folder.template(hello(''))).toEqual({
    settings: {},
    files: [folder.file],
    warnings: [],
    functions: [aWantedFunction('Hello', join(folder.path, 'hello'))],
  });
});

test('reads every property of a serverless function', () => {
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
    tracing: 'Active',
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

test.each([
  ['Tracing: Active', 'Active'],
  ['Tracing: Disabled', 'PassThrough'],
  ['TracingConfig: { Mode: Active }', 'Active'],
])('reads tracing from %s', (text, expected) => {
  expect(folder.only(hello(text)).tracing).toBe(expected);
});

test('reads SnapStart of published versions', () => {
  const on = (ApplyOn: string) => folder.only(hello(`SnapStart: { ApplyOn: ${ApplyOn} }`)).snapStart;
  expect([on('PublishedVersions'), on('None')]).toEqual([true, undefined]);
});

test('reads AWS::Lambda::Function resources from a JSON template', () => {
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

test('writes inline code of Node.js to index.js', () => {
  const text = hello('InlineCode: exports.handler = async () => 1', 'Globals: {}').replace(
    'python3.13',
    'nodejs22.x',
  );
  expect(folder.only(text)).toMatchObject({ package: { code: { file: 'index.js' } } });
});

test('reads the CORS settings of a function URL', () => {
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

test('takes the image that a function names, or the one that sam build tags', () => {
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

const three = `
Resources:
  Good:
    Type: AWS::Serverless::Function
    Properties: { Runtime: python3.13, Handler: app.handler, CodeUri: hello }
  Old:
    Type: AWS::Serverless::Function
    Properties: { Runtime: python3.8, Handler: Main, CodeUri: hello }
  NotBuilt:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: not-built, Runtime: python3.13, Handler: a.b, CodeUri: dist }
`;

test('leaves out functions that cannot be hosted, with a warning that names them', () => {
  const { functions, warnings } = folder.template(three);
  expect(functions.map(({ name }) => name)).toEqual(['Good']);
  expect(
    warnings.map(({ line, message }) => `${line}: ${message}`.replaceAll(folder.path, 'FOLDER')),
  ).toEqual([
    expect.stringMatching(/^8: Resources\.Old\.Properties\.Runtime is python3\.8, .* \(not hosted: Old\)$/),
    expect.stringMatching(
      /^11: Resources\.NotBuilt\.Properties\.CodeUri is dist, .* \(not hosted: not-built\)$/,
    ),
  ]);
});

test('warns once about a problem that several functions share', () => {
  const globals = 'Globals: { Function: { Runtime: python3.8 } }\n';
  const text = three.replace(/Runtime: (python3.8|python3.13), (Handler: (?!app))/g, '$2');
  expect(folder.template(globals + text).warnings).toEqual([
    expect.objectContaining({ message: expect.stringMatching(/\(not hosted: Old, not-built\)$/) }),
    expect.objectContaining({ message: expect.stringContaining('not-built') }),
  ]);
});

test('--only hosts the functions that it names, and warns of no others', () => {
  const context = { region: 'eu-west-1', accountId: '123456789012', parameters: {} };
  const named = (...only: string[]) => parseTemplate(three, folder.file, { ...context, only });
  expect(named('Good')).toMatchObject({ functions: [{ name: 'Good' }], warnings: [] });
  expect(() => named('Old')).toThrow(/Runtime is python3\.8/);
  expect(() => named('Godo')).toThrow(
    /--only Godo is not a function of this template. It has Good, Old, not-built/,
  );
});

test('warns once for each kind of resource or property that has no effect, and names the hosted functions', () => {
  const text = `
Globals: { Function: { Runtime: python3.13, Handler: app.handler, CodeUri: hello, FileSystemConfigs: [{ Arn: a, LocalMountPath: /mnt/a }] } }
Resources:
  One: { Type: AWS::Serverless::Function, Properties: { Events: { A: { Type: Api } } } }
  Two: { Type: AWS::Serverless::Function, Properties: { Events: { A: { Type: SQS } } } }
  Old: { Type: AWS::Serverless::Function, Properties: { Runtime: python3.8, DurableConfig: { ExecutionTimeout: 1 } } }
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

test('leaves out only the function whose intrinsic call cannot be resolved', () => {
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

test('warns of a template without functions', () => {
  const { functions, warnings } = folder.template('Resources: { Bucket: { Type: AWS::S3::Bucket } }');
  expect(functions).toEqual([]);
  expect(warnings).toMatchObject([{ message: expect.stringMatching(/^has no function of type/) }]);
});

test('leaves a dynamic reference unchanged, with a warning', () => {
  const { functions, warnings } = folder.template(
    hello('Environment: { Variables: { SECRET: "{{resolve:secretsmanager:name:SecretString:key}}" } }'),
  );
  expect(functions[0]?.environment.SECRET).toMatch(/^\{\{resolve/);
  expect(warnings).toMatchObject([
    { message: expect.stringMatching(/Give a value with --env-vars FILE\.$/) },
  ]);
});

test('reads settings of asynchronous invocations from a function or from a resource of its own', () => {
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

test('leaves common properties out of a function that ignores them', () => {
  const text = (ignored: string) =>
    hello(
      '',
      'Globals: { Function: { Timeout: 20, MemorySize: 512, Environment: { Variables: { A: b } } } }',
    ).replace('    Properties:', `    IgnoreGlobals: ${ignored}\n    Properties:`);
  expect(folder.only(text('[Timeout, Environment]'))).toMatchObject({
    timeoutMs: 3_000,
    memoryMiB: 512,
    environment: {},
  });
  expect(folder.only(text('"*"'))).toMatchObject({ timeoutMs: 3_000, memoryMiB: 128 });
});
