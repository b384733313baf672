import type { IncomingMessage } from 'node:http';
import { LambdaError } from '../aws/errors';
import { limits } from '../aws/limits';
import type { FunctionVersion } from '../functions/function-version';
import { headerOf } from './edge';
import { nodeProfileOption } from './node-profile';

/** Made once for each version and change, so that their environments serve the next request, too. */
const made = new WeakMap<FunctionVersion, Map<string, FunctionVersion>>();

/**
 * The version that a request asks for, with the changes of its headers: `X-Lambdock-Memory` has another memory size in MB,
 * `X-Lambdock-Profile: imports` lets the runtime print what its start took. It has environments of its own; what is deployed
 * stays as it is.
 * @throws {LambdaError} where a header has another value
 */
export function variantOf(version: FunctionVersion, request: IncomingMessage): FunctionVersion {
  const { headers } = request;
  if (headers['x-lambdock-memory'] === undefined && headers['x-lambdock-profile'] === undefined)
    return version;
  const memoryMiB = memoryOf(request) ?? version.memoryMiB;
  const variables = profileOf(version, request);
  const key = `memory=${memoryMiB} ${JSON.stringify(variables)}`;
  let variants = made.get(version);
  if (variants === undefined) {
    variants = new Map();
    made.set(version, variants);
  }
  let variant = variants.get(key);
  if (variant === undefined) {
    const environment = { ...version.environment, ...variables };
    variant = { ...version, memoryMiB, environment, revision: `${version.revision} ${key}` };
    variants.set(key, variant);
  }
  return variant;
}

function memoryOf(request: IncomingMessage): number | undefined {
  const text = headerOf(request, 'x-lambdock-memory');
  if (text === undefined) return undefined;
  const { min, max } = limits.memoryMiB;
  const memory = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (memory >= min && memory <= max) return memory;
  throw new LambdaError(
    'InvalidParameterValueException',
    `X-Lambdock-Memory must be between ${min} and ${max} MB, got ${text}.`,
  );
}

/** Variables that let a runtime print what its start took; those of another runtime have no effect. */
function profileOf(version: FunctionVersion, request: IncomingMessage): Readonly<Record<string, string>> {
  const text = headerOf(request, 'x-lambdock-profile');
  if (text === undefined) return {};
  if (text !== 'imports')
    throw new LambdaError(
      'InvalidParameterValueException',
      `X-Lambdock-Profile must be imports, got ${text}.`,
    );
  const given = version.environment.NODE_OPTIONS;
  return {
    PYTHONPROFILEIMPORTTIME: '1',
    NODE_OPTIONS: given === undefined ? nodeProfileOption : `${given} ${nodeProfileOption}`,
  };
}
