import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Downloads } from '../../../src/engine/docker/images/downloads';
import { javaClient } from '../../../src/engine/docker/images/maven-packages';
import { functionsFolder } from './functions-folder';

const run = promisify(execFile);

/** The downloads that suites share, so that each machine fetches them once. */
const downloads = () => join(process.env.LAMBDOCK_TEST_DATA ?? join(tmpdir(), 'lambdock-test'), 'downloads');

/** Where the compiled fixtures are. */
export interface JavaFixtures {
  /** Classes in their packages, with an archive in `lib`, as Lambda reads it. */
  readonly classes: string;
  /** The same as one archive. */
  readonly archive: string;
  /** A layer with an archive in `java/lib`. */
  readonly layer: string;
}

/** Compiles the fixtures in `functions/java` and `functions/java-libraries` with the machine's JDK, for Java 11 and later. */
export async function compileJava(folder: string): Promise<JavaFixtures> {
  const client = await new Downloads(downloads(), undefined).fetch(javaClient, () => undefined);
  await run('tar', ['-xzf', client, '-C', folder]);
  const [classes, libraries, layer] = ['classes', 'libraries', 'layer'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const each of [join(classes, 'lib'), libraries, join(layer, 'java/lib')]) {
    await mkdir(each, { recursive: true });
  }
  const compile = (name: string, files: readonly string[], target: string) =>
    run('javac', [
      ...['--release', '11', '-cp', join(folder, 'aws-lambda-java-core-1.4.0.jar'), '-d', target],
      ...files.map((file) => join(functionsFolder(name), file)),
    ]);
  await compile('java', ['example/Acts.java', 'example/Methods.java'], classes);
  await compile('java-libraries', ['shared/FromLayer.java', 'shared/FromCode.java'], libraries);
  const pack = (archive: string, from: string, path: string) =>
    run('jar', ['--create', '--file', archive, '-C', from, path]);
  const archive = join(folder, 'example.jar');
  await pack(archive, classes, 'example');
  await pack(join(layer, 'java/lib/from-layer.jar'), libraries, 'shared/FromLayer.class');
  await pack(join(classes, 'lib/from-code.jar'), libraries, 'shared/FromCode.class');
  return { classes, archive, layer };
}
