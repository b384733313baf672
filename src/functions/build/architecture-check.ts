import type { Architecture } from '../../aws/architecture';

/** Why a function cannot run on the engine, as a sentence; undefined where it can. */
export type ArchitectureCheck = (functionName: string, asked: Architecture) => string | undefined;

/**
 * Node.js, Python and all that has no native code run on any architecture. So a function that asks for another one
 * than the engine has runs on the engine's, and the first of them is warned of.
 * @param isStrict fails such functions instead
 */
export function architectureCheck(
  engine: Architecture,
  isStrict: boolean,
  warn: (sentence: string) => void,
): ArchitectureCheck {
  let hasWarned = false;
  return (functionName, asked) => {
    if (asked === engine) return undefined;
    if (isStrict) {
      return `The function asks for ${asked}, but the engine runs ${engine}. Change its architecture, or set "architecture: any".`;
    }
    if (!hasWarned) {
      warn(
        `warning: ${functionName} asks for ${asked}, but the engine runs ${engine}. Such functions run on ${engine}; ` +
          `native code for ${asked} fails there. Set "architecture: strict" to refuse them.`,
      );
    }
    hasWarned = true;
    return undefined;
  };
}
