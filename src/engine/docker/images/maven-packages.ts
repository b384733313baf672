import { createWriteStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';
import { fromBufferPromise } from 'yauzl';
import { runChild } from '../../../lib/child';
import { errnoOf } from '../../../lib/errno';
import { sha256 } from '../../../lib/hash';
import { LastLines } from '../../../lib/text/last-lines';
import { EngineError } from '../../engine';

const clientVersion = '2.10.1';

/** Package entry in a recipe: AWS's runtime interface client for Java with its dependencies. */
export const javaClient = `aws-lambda-java-client@${clientVersion}`;

export function isJavaClient(spec: string): boolean {
  return spec === javaClient;
}

/** The client's archives with their SHA-256 hashes. */
const archives: Readonly<Record<string, string>> = {
  [`aws-lambda-java-runtime-interface-client-${clientVersion}.jar`]:
    'b0dd01f45b7258da0e32ade0bff950b12d0cf279ccebf416ad8c3795af21f1db',
  'aws-lambda-java-core-1.4.0.jar': '575c24393cc1ad645e83e618956eabd89ffe8cc09efae2cb62bc6589154d68ed',
  'aws-lambda-java-serialization-1.2.0.jar':
    '1513c1f945a3213f916a4b2de1760c97b51d84d110f82bbbcf9cfac53d5651e7',
  'utils-lite-2.34.0.jar': 'efaf784f07ae526f0b5c89d71ef21cf16636131c47d44616e3df9bedc3f4f89a',
  'annotations-2.34.0.jar': 'fafdcb55f4e5af603f5219f4a2b080aa0decb562a7c0944f7a7eca82dd47e487',
};

const project = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>lambdock</groupId>
  <artifactId>java-client</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>com.amazonaws</groupId>
      <artifactId>aws-lambda-java-runtime-interface-client</artifactId>
      <version>${clientVersion}</version>
    </dependency>
  </dependencies>
</project>
`;

/** Paths of the client's native libraries in its archive, one per machine type. */
const library = /^jni\/(libaws-lambda-jni\.linux-\w+\.so)$/;

/** Downloads the client with the host's Maven. Writes its archives and native libraries to `archive`. */
export async function packJavaClient(archive: string, maven = 'mvn'): Promise<void> {
  const folder = path.dirname(archive);
  await writeFile(path.join(folder, 'pom.xml'), project);
  await download(folder, maven);
  const files = pack();
  const written = pipeline(files, createGzip({ level: 1 }), createWriteStream(archive));
  for (const [name, expected] of Object.entries(archives)) {
    const content = await readFile(path.join(folder, 'jars', name)).catch(() => Buffer.alloc(0));
    const found = sha256(content);
    if (found !== expected) {
      throw new EngineError(
        'build-failed',
        `The download of ${javaClient} was refused: ${name} has the checksum ${found}, not ${expected}. Check the Maven repository.`,
      );
    }
    files.entry({ name, mtime: new Date(0) }, content);
    if (name.includes('interface-client')) {
      for (const [file, bytes] of await libraries(content)) {
        files.entry({ name: file, mtime: new Date(0) }, bytes);
      }
    }
  }
  files.finalize();
  await written;
}

async function download(folder: string, maven: string): Promise<void> {
  const last = new LastLines();
  const code = await runChild({
    command: maven,
    arguments: [
      ...['--batch-mode', '--quiet', '--file', 'pom.xml', 'dependency:copy-dependencies'],
      ...['-DincludeScope=runtime', '-DoutputDirectory=jars'],
    ],
    folder,
    onLine: (line) => last.push(line),
  }).catch((error: unknown) => {
    if (errnoOf(error) !== 'ENOENT') throw error;
    throw new EngineError(
      'runtime-unavailable',
      `Maven is required to download ${javaClient} but mvn was not found in PATH. ` +
        "Install Maven, or use AWS's own images: `bases: aws`.",
      { cause: error },
    );
  });
  if (code === 0) return;
  throw new EngineError(
    'build-failed',
    `Maven failed to download ${javaClient}. Check that its repository is reachable, then try again. Last output:${last}`,
  );
}

/** The native libraries in the client's archive. With them, no environment has to unpack one into `/tmp`. */
async function libraries(archive: Buffer): Promise<ReadonlyMap<string, Buffer>> {
  const zip = await fromBufferPromise(archive);
  const found = new Map<string, Buffer>();
  for await (const entry of zip.eachEntry()) {
    const [, name] = library.exec(entry.fileName) ?? [];
    if (name !== undefined) found.set(name, await buffer(await zip.openReadStreamPromise(entry)));
  }
  return found;
}
