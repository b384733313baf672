import type { Architecture } from '../../aws/architecture';
import { EngineError, type ImageStart } from '../../engine/engine';
import type { FunctionVersion } from '../../functions/function-version';

/**
 * Compares an image's architecture with its function's. Returns a warning if the image runs on this engine but not on
 * Lambda, or the other way round.
 * @throws {EngineError} if it runs on neither
 */
export function imageProblem(
  { architecture: asked }: FunctionVersion,
  name: string,
  { architecture: built }: ImageStart,
  engine: { readonly architecture: Architecture; readonly isStrict: boolean },
): string | undefined {
  if (built === undefined) return undefined;
  const isForEngine = built === engine.architecture;
  if (built === asked) {
    return isForEngine
      ? undefined
      : `warning: ${name} is built for ${built}. It runs only if the engine emulates ${built}; the engine is ${engine.architecture}`;
  }
  const platform = asked === 'arm64' ? 'linux/arm64' : 'linux/amd64';
  const problem =
    `The image ${name} is built for ${built}, but the function's architecture is ${asked}. ` +
    `Build it with --platform ${platform}, or change the architecture.`;
  if (engine.isStrict || !isForEngine) throw new EngineError('image-missing', problem);
  return `warning: ${problem}`;
}
