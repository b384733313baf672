import { join } from 'node:path';
import { hello, sharedSamFolder } from './sam-folder';

const folder = sharedSamFolder();

test('installs the packages that code lists, unless sam build has built it', async () => {
  await folder.write('listing/requirements.txt', 'six');
  const text = hello('').replace('CodeUri: hello/', 'CodeUri: listing/');
  expect(folder.only(text)).toMatchObject({ package: { build: { method: 'packages' } } });
  const built = text.replace('    Properties:', '    Metadata: { SamResourceId: Hello }\n    Properties:');
  expect(folder.only(built).package).not.toHaveProperty('build');
});

test('passes build properties to esbuild, with the defaults of sam build', async () => {
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
  expect(typed(', BuildProperties: { Banner: [{ js: "// x" }, css=y] }')).toMatchObject({
    package: { build: { options: expect.arrayContaining(['--banner:js=// x', '--banner:css=y']) } },
  });
  expect(
    typed(', BuildProperties: { Sourcemap: true }', 'Environment: { Variables: { NODE_OPTIONS: --x } }'),
  ).toMatchObject({
    environment: { NODE_OPTIONS: '--x' },
  });
});

test('takes the target build-RESOURCE of a makefile', async () => {
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

test('uses code with SkipBuild as it is', async () => {
  await folder.write('skipped/index.js', '');
  await folder.write('skipped/package.json', '{ "dependencies": { "six": "*" } }');
  const metadata = '    Metadata: { SkipBuild: True, BuildMethod: esbuild }\n    Properties:';
  const text = hello('')
    .replace('python3.13', 'nodejs22.x')
    .replace('CodeUri: hello/', 'CodeUri: skipped')
    .replace('    Properties:', metadata);
  expect(folder.only(text).package).not.toHaveProperty('build');
  const layer = `
  Shared:
    Type: AWS::Serverless::LayerVersion
    Metadata: { SkipBuild: true, BuildMethod: python3.13 }
    Properties: { ContentUri: libs }
`;
  expect(folder.only(`${hello('Layers: [!Ref Shared]')}${layer}`)).toMatchObject({
    package: { layers: [join(folder.path, 'libs')] },
  });
});

test('warns of TypeScript that is not compiled', async () => {
  await folder.write('typed/src/app.ts', '');
  const text = (handler: string) =>
    hello('')
      .replace('python3.13', 'nodejs22.x')
      .replace('app.handler', handler)
      .replace('CodeUri: hello/', 'CodeUri: typed');
  expect(folder.template(text('src/app.handler')).warnings).toEqual([
    expect.objectContaining({
      message: expect.stringContaining(
        'has src/app.ts and no JavaScript file for the handler. Add "BuildMethod: esbuild"',
      ),
    }),
  ]);
  await folder.write('typed/src/app.mjs', '');
  expect(folder.template(text('src/app.handler')).warnings).toEqual([]);
});

test('compiles Go and Rust where the template says so, and Java where the folder has a pom.xml', async () => {
  const built = (method: string) =>
    folder.only(
      hello('')
        .replace('python3.13', 'provided.al2023')
        .replace('    Properties:', `    Metadata: { BuildMethod: ${method} }\n    Properties:`),
    ).package;
  expect(built('go1.x')).toMatchObject({ build: { method: 'go', handler: 'app.handler' } });
  expect(built('rust-cargolambda')).toMatchObject({ build: { method: 'cargo' } });
  const java = hello('').replace('python3.13', 'java21').replace('CodeUri: hello/', 'CodeUri: shop');
  await folder.write('shop/pom.xml', '<project/>');
  expect(folder.only(java).package).toMatchObject({ build: { method: 'maven', handler: 'app.handler' } });
  await folder.write('older/build.gradle', '');
  expect(folder.problems(java.replace('CodeUri: shop', 'CodeUri: older'))).toEqual([
    expect.stringMatching(/Resources\.Hello is built with Gradle\. Run "sam build", then host what it made/),
  ]);
});
