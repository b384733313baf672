import { dirname } from 'node:path';
import { foreignLayer, layerParameter } from '../known-layers';
import type { Position } from '../values';
import type { WantedLayer } from '../wanted';
import { localSource } from './built';
import type { Project } from './project';
import { Properties } from './properties';
import type { Resource } from './resources';
import type { EvaluationScope } from './scope';

/** A layer of a template; undefined where there is a problem, which is noted. */
export function readLayer(resource: Resource, scope: EvaluationScope): WantedLayer | undefined {
  const properties = new Properties({ ...resource.properties, place: resource.place }, scope);
  const name = resource.serverless ? 'ContentUri' : 'Content';
  const path = localSource(resource, properties, name, dirname(resource.place.source.file));
  if (path === undefined && !properties.has(name)) {
    properties.note('', `has no ${name}; name its folder or zip file there`);
  }
  return path;
}

/** The layer that a function names by its ARN; undefined where there is a problem, or nothing to host. */
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
