import { dirname, resolve } from 'node:path';
import { limits } from '../../../aws/limits';
import { familyOf } from '../../../runtimes/runtimes';
import { typescriptFile } from '../../build/node-project';
import { isArchive, functionKinds as kinds, runtimeProblem } from '../function-kinds';
import { buildProblem, builtImageName, wantedImage } from '../image-build';
import type { InlineCode, WantedImage, WantedImageBuild, WantedLayer, WantedZip } from '../wanted';
import { readBuild } from './build-method';
import { isBuilt, localSource } from './built';
import { findLayer } from './layers';
import type { Project } from './project';
import type { Properties } from './properties';
import { metadataText, type Resource } from './resources';

/** Reads a function's code or image. Undefined if there is a problem, which is noted. */
export function readPackage(
  resource: Resource,
  properties: Properties,
  project: Project,
): WantedZip | WantedImage | undefined {
  const asked = properties.get('PackageType');
  const isImage = asked?.kind === 'scalar' ? asked.text === 'Image' : properties.has('ImageUri');
  return isImage ? readImage(resource, properties) : readZip(resource, properties, project);
}

function readImage(resource: Resource, properties: Properties): WantedImage | undefined {
  const holder = resource.serverless ? properties : properties.within('Code');
  const named = holder?.value('ImageUri', kinds.image);
  if (named === undefined && holder?.has('ImageUri')) return undefined;
  const isAsset = metadataText(resource, 'aws:asset:dockerfile-path') !== undefined;
  const build = isBuilt(resource) && !isAsset ? undefined : readImageBuild(resource, properties);
  const tag = metadataText(resource, 'DockerTag');
  const image = build ? builtImageName(resource.logicalId, build, tag) : (named ?? samImage(resource));
  if (image === undefined) {
    return properties.note(
      '',
      'has no ImageUri. Name the image, or say in Metadata what it is built from (Dockerfile, DockerContext)',
    );
  }
  const config = properties.within('ImageConfig');
  const command = config && words(config, 'Command');
  const entryPoint = config && words(config, 'EntryPoint');
  const workingDirectory = config?.value('WorkingDirectory', kinds.workingDirectory);
  return wantedImage(image, { build, command, entryPoint, workingDirectory });
}

/** Reads the image's build from metadata of SAM or the CDK. Undefined if the folder or Dockerfile does not exist. */
function readImageBuild(resource: Resource, properties: Properties): WantedImageBuild | undefined {
  const file = metadataText(resource, 'Dockerfile') ?? metadataText(resource, 'aws:asset:dockerfile-path');
  const within = metadataText(resource, 'DockerContext') ?? metadataText(resource, 'aws:asset:path');
  if (file === undefined && within === undefined) return undefined;
  const context = resolve(dirname(resource.place.source.file), within ?? '.');
  const dockerfile = resolve(context, file ?? 'Dockerfile');
  if (buildProblem(context, dockerfile) !== undefined) return undefined;
  const target =
    metadataText(resource, 'DockerBuildTarget') ?? metadataText(resource, 'aws:asset:docker-build-target');
  const given =
    properties.metadata(resource, 'DockerBuildArgs') ??
    properties.metadata(resource, 'aws:asset:docker-build-args');
  const names = [...(given?.mapping.entries.keys() ?? [])];
  const values = names.map((name) => [name, given?.value(name, kinds.words) ?? ''] as const);
  return {
    context,
    dockerfile,
    arguments: Object.fromEntries(values),
    ...(target !== undefined && { target }),
  };
}

/** The name that `sam build` gives to the image. */
function samImage(resource: Resource): string | undefined {
  if (metadataText(resource, 'Dockerfile') === undefined) return undefined;
  return `${resource.logicalId.toLowerCase()}:${metadataText(resource, 'DockerTag') ?? 'latest'}`;
}

function words(properties: Properties, name: string): readonly string[] | undefined {
  return properties.list(name)?.items.flatMap((item) => properties.read(item, kinds.words) ?? []);
}

function readZip(resource: Resource, properties: Properties, project: Project): WantedZip | undefined {
  const missing = ['Runtime', 'Handler'].filter((name) => !properties.has(name));
  if (missing.length > 0) {
    properties.note('', `has no ${missing.join(' and no ')}. A function that is not an image needs both.`);
  }
  const runtime = readRuntime(properties);
  const handler = properties.value('Handler', kinds.handler);
  const code = readCode(resource, properties, runtime);
  const layers = readLayers(properties, project);
  if (runtime === undefined || handler === undefined || code === undefined) return undefined;
  const isFolder = typeof code === 'string' && !isArchive(code);
  const build = isFolder ? readBuild(resource, properties, { handler, runtime, code }) : undefined;
  const isCompiled = build !== undefined && build.method !== 'packages';
  if (isFolder && !isCompiled && familyOf(runtime)?.needsCompiledTypescript)
    warnOfTypescript(code, handler, properties);
  return { kind: 'zip', runtime, handler, code, layers, ...(build && { build }) };
}

function warnOfTypescript(code: string, handler: string, properties: Properties): void {
  const file = typescriptFile(code, handler);
  if (file === undefined) return;
  properties.warnAt(
    properties.place('CodeUri'),
    `has ${file} and no JavaScript file for the handler. Add "BuildMethod: esbuild" to the function's Metadata, or compile it first.`,
  );
}

function readRuntime(properties: Properties): string | undefined {
  const runtime = properties.value('Runtime', kinds.runtime);
  const problem = runtime === undefined ? undefined : runtimeProblem(runtime);
  return problem === undefined ? runtime : properties.limit('Runtime', problem);
}

function readCode(
  resource: Resource,
  properties: Properties,
  runtime: string | undefined,
): string | InlineCode | undefined {
  const folder = dirname(resource.place.source.file);
  if (resource.serverless) {
    if (properties.has('InlineCode')) return readInline(properties, 'InlineCode', runtime);
    return localSource(resource, properties, 'CodeUri', folder, '.');
  }
  const code = properties.get('Code');
  if (code?.kind === 'mapping' && code.entries.has('ZipFile')) {
    const within = properties.within('Code');
    return within && readInline(within, 'ZipFile', runtime);
  }
  if (code === undefined) return properties.note('', 'has no Code. Name its folder or zip file there');
  return localSource(resource, properties, 'Code', folder);
}

/** Reads text that becomes the function's only file, as in CloudFormation. */
function readInline(
  properties: Properties,
  name: string,
  runtime: string | undefined,
): InlineCode | undefined {
  const text = properties.value(name, kinds.words);
  if (text === undefined || runtime === undefined) return undefined;
  return { file: familyOf(runtime)?.inlineFile ?? 'index', text };
}

function readLayers(properties: Properties, project: Project): readonly WantedLayer[] {
  const list = properties.list('Layers');
  if (list !== undefined && list.items.length > limits.layers) {
    properties.note('Layers', `must have at most ${limits.layers} layers, got ${list.items.length}`);
  }
  return (list?.items ?? []).flatMap((item) => {
    const arn = properties.read(item, kinds.words);
    if (arn === undefined) return [];
    return findLayer(arn, item.place, project) ?? [];
  });
}
