// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation fills these in.
import { join } from 'node:path';
import type { Template } from '../../../../src/functions/template/template';
import { hello, sharedSamFolder } from './sam-folder';

const folder = sharedSamFolder();

test('builds layers of other accounts from packages, takes them from the settings, or leaves them out', () => {
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
  for (const name of ['AWS-Parameters-and-Secrets-Lambda-Extension-Arm64', 'AWS-AppConfig-Extension']) {
    expect(packages(layers(`${arn(name)}:11`))).toMatchObject({
      layers: [expect.stringMatching(/images\/extensions\/parameters-and-secrets$/)],
    });
  }
  expect(packages(layers(`${arn('LambdaAdapterLayerX86')}:24`))).toMatchObject({
    layers: [
      {
        kind: 'crate',
        crate: 'lambda_web_adapter',
        place: 'extensions/lambda-adapter',
        files: { bootstrap: expect.stringContaining('_HANDLER') },
      },
    ],
  });
  expect(() => layers('"{{resolve:ssm:/own/layer}}"')).toThrow(
    /a layer in Parameter Store, .*layers: \{ "\{\{resolve:ssm:\/own\/layer\}\}": layer.zip/,
  );
});

test('knows a layer by the name of its parameter in Parameter Store', () => {
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

test('builds a layer that has a build method, whatever its folder holds', () => {
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
