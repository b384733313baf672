import type { FunctionRecord } from '../functions/registry/records';
import type { WantedFunction } from '../functions/template/wanted';

/** A function that a client deployed, as a template's function. */
export function wantedOf({ functionName, settings, code }: FunctionRecord): WantedFunction {
  const { runtime = '', handler = '' } = settings;
  return {
    name: functionName,
    description: settings.description,
    package:
      code.kind === 'zip'
        ? { kind: 'zip', runtime, handler, code: '', layers: [] }
        : { kind: 'image', image: code.image },
    memoryMiB: settings.memorySize,
    timeoutMs: settings.timeout * 1_000,
    ephemeralStorageMiB: settings.ephemeralStorage,
    environment: settings.environment ?? {},
    architecture: settings.architecture,
  };
}
