import { formatFunctionArn } from '../../aws/arn';
import { functionLogging, type LoggingConfig } from '../../aws/logging';
import { sha256 } from '../../lib/hash';
import type { FunctionVersion } from '../function-version';
import type { Store } from '../store/store';
import type { Deployable } from './records';
import type { Scope } from './state';

/** The `FunctionVersion` of a deployed version. Its revision does not depend on the store's path. */
export function registeredVersion(
  scope: Scope,
  functionName: string,
  version: string,
  { settings, code }: Deployable,
  store: Store,
): FunctionVersion {
  const { LoggingConfig, TracingConfig, SnapStart } = settings.storedOnly as {
    readonly LoggingConfig?: LoggingConfig;
    readonly TracingConfig?: { readonly Mode?: string };
    readonly SnapStart?: { readonly ApplyOn?: string };
  };
  const made = {
    functionName,
    version,
    functionArn: formatFunctionArn({ ...scope, functionName }),
    architecture: settings.architecture,
    memoryMiB: settings.memorySize,
    timeoutMs: settings.timeout * 1_000,
    ephemeralStorageMiB: settings.ephemeralStorage,
    environment: settings.environment ?? {},
    ...(SnapStart?.ApplyOn === 'PublishedVersions' && version !== '$LATEST' && { snapStart: true as const }),
    ...(TracingConfig?.Mode === 'Active' && { tracing: 'Active' as const }),
    ...(LoggingConfig && { logging: functionLogging(functionName, LoggingConfig) }),
    ...(version === '$LATEST' && settings.debug && { debug: settings.debug }),
  };
  const { runtime = '', handler = '', imageConfig, opt } = settings;
  const content =
    code.kind === 'zip'
      ? [code.hash, opt?.hash, runtime, handler]
      : [code.imageId ?? code.image, code.codeSha256, imageConfig];
  const registered: FunctionVersion = {
    ...made,
    description: settings.description,
    package:
      code.kind === 'zip'
        ? {
            kind: 'zip',
            runtime,
            handler,
            codeFolder: store.folder('code', code.hash),
            codeSha256: code.codeSha256,
            ...(opt && { layersFolder: store.folder(opt.section, opt.hash) }),
          }
        : {
            kind: 'image',
            image: code.image,
            ...(code.imageId !== undefined && { imageId: code.imageId }),
            ...(imageConfig?.EntryPoint?.length && { entryPoint: imageConfig.EntryPoint }),
            ...(imageConfig?.Command?.length && { command: imageConfig.Command }),
            ...(imageConfig?.WorkingDirectory && { workingDirectory: imageConfig.WorkingDirectory }),
          },
    revision: sha256(JSON.stringify([made, code.kind, content])),
  };
  return Object.freeze(registered);
}
