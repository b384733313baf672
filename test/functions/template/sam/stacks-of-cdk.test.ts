// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is CloudFormation that fills these in.
import { sharedSamFolder } from './sam-folder';

const folder = sharedSamFolder();

const functionOf = (properties: object, metadata: object = {}) => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    Runtime: 'python3.13',
    Handler: 'app.handler',
    Code: { S3Bucket: 'assets', S3Key: 'abc.zip' },
    ...properties,
  },
  Metadata: metadata,
});

beforeAll(async () => {
  await folder.write('cdk.out/asset.abc/app.py', '');
  await folder.write('cdk.out/asset.def/python/shared.py', '');
});

test('shortens logical ids that are too long for a name, the same way each time', () => {
  const logicalId = `BucketNotificationsHandler${'050a0587b7544547bf325f094a3db8347'.repeat(2)}`;
  const text = JSON.stringify({
    Resources: {
      [logicalId]: functionOf({ Code: { ZipFile: 'x' } }),
      Caller: functionOf({
        Code: { ZipFile: 'x' },
        Environment: { Variables: { HANDLER: { Ref: logicalId } } },
      }),
    },
  });
  const [long, caller] = folder.template(text).functions;
  expect(long?.name).toMatch(/^BucketNotificationsHandler050a0587b7544547bf325f094-[0-9a-f]{12}$/);
  expect(caller?.environment).toEqual({ HANDLER: long?.name });
});

test('hosts nested stacks whose template is an asset, or lies beside the template', async () => {
  await folder.write(
    'cdk.out/Nested.nested.template.json',
    JSON.stringify({ Parameters: { Table: { Type: 'String' } }, Resources: { Deep: functionOf({}) } }),
  );
  await folder.write(
    'cdk.out/packaged.template',
    JSON.stringify({ Resources: { Packaged: functionOf({}) } }),
  );
  const stack = (url: unknown, metadata?: object) => ({
    Type: 'AWS::CloudFormation::Stack',
    Properties: { TemplateURL: url, Parameters: { ...(metadata && { Table: 'orders' }) } },
    ...(metadata && { Metadata: metadata }),
  });
  const text = JSON.stringify({
    Resources: {
      Nested: stack(
        { 'Fn::Join': ['', ['https://s3.', { Ref: 'AWS::Region' }, '.amazonaws.com/assets/123.json']] },
        { 'aws:asset:path': 'Nested.nested.template.json' },
      ),
      Packaged: stack('https://s3.amazonaws.com/assets/packaged.template'),
      Elsewhere: stack('https://s3.amazonaws.com/assets/not-here.template'),
    },
  });
  await folder.write('cdk.out/Shop.template.json', text);
  const { functions } = folder.templateAt('cdk.out/Shop.template.json', text);
  expect(functions.map(({ name }) => name)).toEqual(['Deep', 'Packaged']);
});

test('takes exports from stacks beside the template, layers too', async () => {
  const shared = {
    Parameters: { Unknown: { Type: 'String' } },
    Resources: {
      Table: { Type: 'AWS::DynamoDB::Table', Properties: {} },
      Layer: {
        Type: 'AWS::Lambda::LayerVersion',
        Properties: { Content: { S3Bucket: 'assets', S3Key: 'def.zip' } },
      },
    },
    Outputs: {
      Odd: { Value: { Ref: 'Unknown' } },
      LayerOut: { Value: { Ref: 'Layer' }, Export: { Name: 'Shared:Layer' } },
      TableOut: { Value: { Ref: 'Table' }, Export: { Name: { 'Fn::Sub': 'Shared:Table' } } },
    },
  };
  await folder.write('cdk.out/Shared.template.json', JSON.stringify(shared));
  const imported = (name: string) => ({ 'Fn::ImportValue': name });
  const text = JSON.stringify({
    Resources: {
      Cross: functionOf({
        Layers: [imported('Shared:Layer')],
        Environment: { Variables: { TABLE: imported('Shared:Table'), OTHER: imported('nowhere') } },
      }),
    },
  });
  await folder.write('cdk.out/Cross.template.json', text);
  const { functions, warnings } = folder.templateAt('cdk.out/Cross.template.json', text);
  expect(functions).toMatchObject([
    {
      name: 'Cross',
      environment: { TABLE: 'Table', OTHER: 'nowhere' },
      package: { layers: [expect.stringMatching(/cdk\.out\/asset\.def$/)] },
    },
  ]);
  expect(warnings).toEqual([
    expect.objectContaining({ message: expect.stringContaining('imports nowhere from another stack') }),
  ]);
});

test('builds images from the folders that are assets', async () => {
  await folder.write('cdk.out/asset.img/Dockerfile.lambda', 'FROM scratch');
  const text = JSON.stringify({
    Resources: {
      Container: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          PackageType: 'Image',
          Code: {
            ImageUri: { 'Fn::Sub': '${AWS::AccountId}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/assets:1' },
          },
        },
        Metadata: {
          'aws:asset:path': 'asset.img',
          'aws:asset:dockerfile-path': 'Dockerfile.lambda',
          'aws:asset:docker-build-args': { RELEASE: '3' },
          'aws:asset:docker-build-target': 'prod',
          'aws:asset:property': 'Code.ImageUri',
        },
      },
    },
  });
  const { functions } = folder.templateAt('cdk.out/Image.template.json', text);
  expect(functions).toMatchObject([
    {
      package: {
        image: expect.stringMatching(/^lambdock-build\/container-/),
        build: {
          context: expect.stringMatching(/asset\.img$/),
          dockerfile: expect.stringMatching(/asset\.img\/Dockerfile\.lambda$/),
          target: 'prod',
          arguments: { RELEASE: '3' },
        },
      },
    },
  ]);
});
