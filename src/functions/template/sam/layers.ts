import { dirname } from 'node:path';
import { findRuntime } from '../../../runtimes/runtimes';
import { isArchive } from '../function-kinds';
import { foreignLayer, layerParameter } from '../known-layers';
import type { Position } from '../values';
import type { WantedLayer } from '../wanted';
import { isBuilt, localSource } from './built';
import type { EvaluationScope } from './intrinsics/scope';
import type { Project } from './project';
import { Properties } from './properties';
import { metadataText, type Resource } from './resources';

/** Reads a layer of a template. Undefined if there is a problem, which is noted. */
export function readLayer(resource: Resource, scope: EvaluationScope): WantedLayer | undefined {
  const properties = new Properties({ ...resource.properties, place: resource.place }, scope);
  const name = resource.serverless ? 'ContentUri' : 'Content';
  const path = localSource(resource, properties, name, dirname(resource.place.source.file));
  if (path === undefined && !properties.has(name)) {
    properties.note('', `has no ${name}. Name its folder or zip file there`);
  }
  const method = metadataText(resource, 'BuildMethod');
  if (path === undefined || isArchive(path) || method === undefined || isBuilt(resource)) return path;
  if (method === 'makefile')
    return { kind: 'built', path, build: { method, target: `build-${resource.logicalId}` } };
  if (findRuntime(method)?.family.packages !== undefined) {
    return { kind: 'built', path, build: { method: 'packages', runtime: method } };
  }
  return properties.limit(
    '',
    `is built with ${method}. Run "sam build", then host what it made: -t .aws-sam/build/template.yaml`,
  );
}

/** Finds the layer with the ARN that a function names. Undefined if it cannot be hosted, which is noted. */
export function findLayer(written: string, place: Position, project: Project): WantedLayer | undefined {
  const { notes, region } = project;
  const parameter = /^\{\{resolve:ssm:([^:}]+)/.exec(written)?.[1];
  const arn = (parameter && layerParameter(parameter, region)) ?? written;
  const own = project.layers.get(arn);
  if (own !== undefined) {
    notes.add('problems', own.problems);
    notes.add('limits', own.limits);
    notes.add('warnings', own.warnings);
    return own.value;
  }
  const { layer, warning, problem } = foreignLayer(arn, project.context.layers);
  if (warning !== undefined) notes.warn(place, warning);
  if (problem !== undefined) notes.limit(place, problem);
  return layer;
}
