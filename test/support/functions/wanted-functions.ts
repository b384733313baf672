import type { WantedFunction, WantedZip } from '../../../src/functions/template/wanted';

/** A function of a template that says no more than it must, with Lambda's defaults; tests change what they are about. */
export function aWantedFunction(
  name: string,
  code: string,
  more: Partial<WantedFunction> = {},
  zip: Partial<WantedZip> = {},
): WantedFunction {
  return {
    name,
    description: '',
    memoryMiB: 128,
    timeoutMs: 3_000,
    ephemeralStorageMiB: 512,
    environment: {},
    package: { kind: 'zip', runtime: 'python3.13', handler: 'app.handler', code, layers: [], ...zip },
    ...more,
  };
}
