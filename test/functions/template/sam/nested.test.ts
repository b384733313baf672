import { join } from 'node:path';
import { hello, sharedSamFolder } from './sam-folder';

const folder = sharedSamFolder();

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

test('passes parameters and outputs between nested templates, with paths relative to each', async () => {
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

test('takes parameters of nested stacks as STACK.PARAMETER', async () => {
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

test('says which nested templates are not on this machine', () => {
  const text = `
Resources:
  FromTheRepository:
    Type: AWS::Serverless::Application
    Properties: { Location: { ApplicationId: "arn:aws:serverlessrepo:x", SemanticVersion: 1.0.0 } }
  Uploaded:
    Type: AWS::CloudFormation::Stack
    Properties: { TemplateURL: "https://s3.amazonaws.com/bucket/nowhere.yaml" }
`;
  expect(folder.template(`${hello('')}${text.replace('Resources:', '')}`).warnings).toEqual(
    [
      'AWS::Serverless::Application of the Serverless Application Repository is not hosted; download its template and name the file in Location (FromTheRepository).',
      'AWS::CloudFormation::Stack whose template is in S3 is not hosted; download its template and name the file in TemplateURL (Uploaded).',
    ].map((message) => expect.objectContaining({ message })),
  );
});
