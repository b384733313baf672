import type { Architecture } from '../../aws/architecture';

/** Why a function cannot run on the engine, as a sentence; undefined if it can. */
export type ArchitectureCheck = (functionName: string, asked: Architecture) => string | undefined;

/**
 * Node.js, Python and code without native parts run on any architecture. So a function for another architecture runs on
 * the engine's, with a warning for the first such function.
 * @param isStrict refuses such functions instead
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
