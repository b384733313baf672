import { join } from 'node:path';
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
      layers: [join(folder.path, 'libs'), join(folder.path, 'code.zip')],
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
  expect(folder.only(text)).toMatchObject({ package: { installs: true } });
  const built = text.replace('    Properties:', '    Metadata: { SamResourceId: Hello }\n    Properties:');
  expect(folder.only(built).package).not.toHaveProperty('installs');
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
