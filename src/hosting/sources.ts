import { sep } from 'node:path';
import { localPlaces } from '../functions/build/local-packages';
import type { WantedFunction, WantedLayer } from '../functions/template/wanted';

/** Absolute paths of folders and files that a function is made from. */
export function sourcesOf({ package: code }: WantedFunction): readonly string[] {
  if (code.kind === 'image')
    return code.build === undefined ? [] : [code.build.context, code.build.dockerfile];
  const own = typeof code.code === 'string' ? [code.code] : [];
  return [...own, ...localPlaces(code), ...code.layers.flatMap(layerPath)];
}

/** Whether one of these paths is among a function's sources, or below or above one. */
export function isTouched(wanted: WantedFunction, changed: ReadonlySet<string>): boolean {
  const lies = (path: string, folder: string) => path === folder || path.startsWith(folder + sep);
  return sourcesOf(wanted).some((source) =>
    [...changed].some((path) => lies(path, source) || lies(source, path)),
  );
}

function layerPath(layer: WantedLayer): readonly string[] {
  if (typeof layer === 'string') return [layer];
  return layer.kind === 'built' ? [layer.path] : [];
}
