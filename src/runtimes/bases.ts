import { isImageReference } from '../lib/image-reference';
import { text } from '../lib/kinds';
import { findRuntime } from './runtimes';

/** Sources of base images that need no settings. The most faithful is first. */
export const origins = ['aws', 'docker-hub', 'debian'] as const;
export type Origin = (typeof origins)[number];

/** The user's own image. The reference may contain `{family}`, `{version}` and `{runtime}`. */
interface OwnBase {
  readonly pattern: string;
}

/** Sources of base images, in the order in which they are tried. */
export interface BaseChoice {
  readonly sources: readonly (Origin | OwnBase)[];
  /** References for single runtimes. They are tried before `sources`. */
  readonly byRuntime: ReadonlyMap<string, string>;
}

// A word without any of "/:{" is more likely a misspelt origin than an image.
const evident = /[/:{]/;
const forRuntime = /^([a-z][a-z0-9.]*)=(.+)$/;
const placeholder = /\{(?:family|version|runtime)\}/g;

const isPattern = (reference: string) => isImageReference(reference.replace(placeholder, 'x1'));

/** Undefined for an invalid text. */
export function parseBases(written: string): BaseChoice | undefined {
  const sources: (Origin | OwnBase)[] = [];
  const byRuntime = new Map<string, string>();
  for (const item of written.split(/[\s,]+/)) {
    const origin = origins.find((each) => each === item);
    const [, runtime, reference] = forRuntime.exec(item) ?? [];
    if (item === 'auto') sources.push(...origins);
    else if (origin) sources.push(origin);
    else if (runtime !== undefined && reference !== undefined) {
      if (!findRuntime(runtime) || !isPattern(reference)) return undefined;
      byRuntime.set(runtime, reference);
    } else if (evident.test(item) && isPattern(item)) sources.push({ pattern: item });
    else return undefined;
  }
  return { sources: sources.length > 0 ? sources : origins, byRuntime };
}

export const basesKind = text(
  'must be auto, aws, docker-hub, debian, an image such as registry.example.com/lambda/{family}:{version}, ' +
    'RUNTIME=IMAGE for one runtime, or several of these separated by commas',
  (written) => parseBases(written) !== undefined,
  ['auto', ...origins],
);
