import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { familyOf } from '../../../runtimes/runtimes';
import { compilerOf } from '../../build/compiled';
import { listsPackages } from '../../build/own-packages';
import { plain, type Value } from '../values';
import type { CodeBuild } from '../wanted';
import { isBuilt } from './built';
import type { Properties } from './properties';
import { metadataText, type Resource } from './resources';

/** Build methods of `sam build` that lambdock does not support. */
const foreignMethods: ReadonlySet<string> = new Set(['dotnet', 'dotnet8', 'python-uv']);

/** A function whose code is in a folder. */
export interface BuiltCode {
  readonly handler: string;
  readonly runtime: string;
  readonly code: string;
}

/**
 * How a function's code is built from its folder. Undefined if it is used as it is, or if a limit has been noted.
 * https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-using-build-typescript.html
 */
export function readBuild(
  resource: Resource,
  properties: Properties,
  { handler, runtime, code }: BuiltCode,
): CodeBuild | undefined {
  const lists = listsPackages(code, runtime);
  const method = metadataText(resource, 'BuildMethod');
  if (isBuilt(resource)) return undefined;
  if (method === 'esbuild') return readEsbuild(properties.metadata(resource, 'BuildProperties'), handler);
  if (method === 'makefile') return { method, target: `build-${resource.logicalId}` };
  if (method === 'go1.x') return { method: 'go', handler };
  if (method === 'rust-cargolambda') return { method: 'cargo', handler };
  if (method !== undefined && foreignMethods.has(method) && !(method === 'python-uv' && lists)) {
    return properties.limit(
      '',
      `is built with ${method}. Run "sam build", then host what it made: -t .aws-sam/build/template.yaml`,
    );
  }
  if (compilerOf(code, runtime)?.method === 'maven') return { method: 'maven', handler };
  const foreign = familyOf(runtime)?.foreignBuildFiles?.find((file) => existsSync(join(code, file)));
  if (foreign !== undefined) {
    return properties.limit(
      '',
      'is built with Gradle. Run "sam build", then host what it made: -t .aws-sam/build/template.yaml',
    );
  }
  return lists ? { method: 'packages' } : undefined;
}

/** Options whose value is a list. Each item becomes an argument, such as `--external:NAME`. */
const lists: Readonly<Record<string, string>> = {
  External: '--external',
  Loader: '--loader',
  OutExtension: '--out-extension',
  Banner: '--banner',
  Footer: '--footer',
  Define: '--define',
  Alias: '--alias',
  Inject: '--inject',
};

/** Options with one value, and the default of `sam build`. */
const values: Readonly<Record<string, readonly [option: string, otherwise?: string]>> = {
  Format: ['--format', 'cjs'],
  Target: ['--target', 'es2020'],
  MainFields: ['--main-fields'],
  SourcesContent: ['--sources-content'],
  Packages: ['--packages'],
  Conditions: ['--conditions'],
  ResolveExtensions: ['--resolve-extensions'],
  TreeShaking: ['--tree-shaking'],
  KeepNames: ['--keep-names'],
  LegalComments: ['--legal-comments'],
  Charset: ['--charset'],
  Tsconfig: ['--tsconfig'],
};

function readEsbuild(properties: Properties | undefined, handler: string): CodeBuild {
  const get = (name: string) => properties?.get(name);
  const text = (name: string) => textOf(get(name));
  const many = (name: string) => itemsOf(get(name));
  const options = [
    ...Object.entries(values).flatMap(([name, [option, otherwise]]) => {
      const value = itemsOf(get(name)).join(',') || otherwise;
      return value === undefined ? [] : [`${option}=${value}`];
    }),
    ...Object.entries(lists).flatMap(([name, option]) => many(name).map((item) => `${option}:${item}`)),
    ...(isTrue(text('Minify') ?? 'true') ? ['--minify'] : []),
    ...(isTrue(text('Sourcemap') ?? 'false') ? ['--sourcemap'] : []),
    ...(isTrue(text('Splitting') ?? 'false') ? ['--splitting'] : []),
  ];
  const named = many('EntryPoints');
  // Without entry points, the bundle must have the handler's path.
  return named.length > 0
    ? { method: 'esbuild', entryPoints: named, options }
    : { method: 'esbuild', entryPoints: [handlerFile(handler)], options: [...options, '--outbase=.'] };
}

/** `src/app.handler` is in `src/app`, with any extension. */
function handlerFile(handler: string): string {
  return handler.slice(0, handler.lastIndexOf('.'));
}

/** Whether bundles have source maps. Node.js uses them only with an option. */
export function hasSourceMaps(build: CodeBuild | undefined): boolean {
  return build?.method === 'esbuild' && build.options.some((option) => option.startsWith('--sourcemap'));
}

function isTrue(text: string): boolean {
  return /^(true|yes|on)$/i.test(text);
}

function textOf(value: Value | undefined): string | undefined {
  return value?.kind === 'scalar' ? value.text : undefined;
}

/** Reads one text or a list of texts. A mapping becomes `KEY=VALUE` texts. */
function itemsOf(value: Value | undefined): readonly string[] {
  if (value?.kind === 'list') return value.items.flatMap(itemsOf);
  if (value?.kind === 'mapping')
    return [...value.entries].map(([key, each]) => `${key}=${String(plain(each))}`);
  return value?.text === undefined ? [] : [value.text];
}
