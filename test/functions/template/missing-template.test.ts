import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { missingTemplateHint } from '../../../src/functions/template/missing-template';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

test.each([
  [['template.yaml'], /has a template\.yaml\. Host it with "npx lambdock start -t .*template\.yaml"\.$/],
  [['template.yml'], /-t .*template\.yml"/],
  [['cdk.json'], /Run "npx cdk synth", then "npx lambdock start -t .*cdk\.out\/STACK\.template\.json"/],
  [['cdk.json', 'cdk.out/Shop.template.json'], /-t .*cdk\.out\/Shop\.template\.json"\.$/],
  [
    ['serverless.yml'],
    /Run "npx serverless package", then "npx lambdock start -t .*\.serverless\/cloudformation/,
  ],
  [[], /^Write one that names your functions, or name another file with --template\.$/],
])('in a folder with %j', async (files, hint) => {
  await using folder = await TemporaryFolder.make();
  for (const file of files) {
    await mkdir(dirname(join(folder.path, file)), { recursive: true });
    await writeFile(join(folder.path, file), '');
  }
  expect(missingTemplateHint(join(folder.path, 'lambdock.yaml'))).toMatch(hint);
});
