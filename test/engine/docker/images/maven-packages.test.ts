import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packJavaClient } from '../../../../src/engine/docker/images/maven-packages';
import { TemporaryFolder } from '../../../support/lib/temporary-folder';

/** Packs with this script as Maven. */
async function pack(script?: string): Promise<unknown> {
  await using folder = await TemporaryFolder.make();
  const maven = join(folder.path, 'mvn');
  if (script !== undefined) await writeFile(maven, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return await packJavaClient(join(folder.path, 'client.tgz'), maven).then(
    () => undefined,
    (error: unknown) => error,
  );
}

test('without Maven, what is missing and the way around it are named', async () => {
  expect(await pack()).toMatchObject({
    kind: 'runtime-unavailable',
    message: expect.stringMatching(/^Maven is required .* mvn was not found in PATH\. .* `bases: aws`\.$/),
  });
});

test('a failure of Maven ends with its last lines', async () => {
  expect(await pack('echo "no route to the repository"; exit 1')).toMatchObject({
    kind: 'build-failed',
    message: expect.stringMatching(/Check that its repository is reachable.*no route to the repository/s),
  });
});

test('an archive with another content is refused by its checksum', async () => {
  const script =
    'mkdir jars; for jar in interface-client-2.10.1; do echo x > "jars/aws-lambda-java-runtime-$jar.jar"; done';
  expect(await pack(script)).toMatchObject({
    kind: 'build-failed',
    message: expect.stringMatching(
      /aws-lambda-java-runtime-interface-client-2\.10\.1\.jar has the checksum 73cb3858a687a8494ca3323053016282f3dad39d42cf62ca4e79dda2aac7d9ac, not [0-9a-f]{64}/,
    ),
  });
});
