/**
 * Lambda's quotas that concern functions and deployments.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html or the page at the value.
 */
export const limits = {
  /** MB. https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
  memoryMiB: { min: 128, max: 10_240, default: 128 },
  /** Seconds. https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html */
  timeoutSeconds: { min: 1, max: 900, default: 3 },
  /** MB of `/tmp`. https://docs.aws.amazon.com/lambda/latest/dg/configuration-ephemeral-storage.html */
  ephemeralStorageMiB: { min: 512, max: 10_240, default: 512 },
  /** Layers per function. https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html */
  layers: 5,
  /** Bytes of a function's code and layers together, unzipped ("250 MB").
   * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
  unzippedBytes: 262_144_000,
  /** Bytes of all code of an account in a region ("75 GB"), versions and layers included.
   * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
  codeStorageBytes: 80_530_636_800,
  /** Bytes of a zip file in a request ("50 MB").
   * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
  zippedBytes: 52_428_800,
  /** Bytes of a function's policy. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
  policyBytes: 20_480,
  /** Tags per resource. https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html */
  tags: 50,
  /** Bytes of all environment variables together, written as JSON.
   * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
  environmentBytes: 4_096,
  /** Bytes of a synchronous request or response: 6 MiB and 100 bytes.
   * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
  syncPayloadBytes: 6_291_556,
  /** Bytes of a streamed response ("200 MB").
   * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
  streamedBytes: 209_715_200,
  /** Bytes of an asynchronous request. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html */
  asyncPayloadBytes: 1_048_576,
  /** Asynchronous invocations: milliseconds before retries after errors of the function; milliseconds before retries
   * after throttling or system errors; number of retries; milliseconds that an event is kept.
   * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
  async: {
    retryMs: [60_000, 120_000],
    delayMs: { first: 1_000, most: 300_000 },
    retries: 2,
    ageMs: 21_600_000,
  },
  /** Bytes of log that `LogType: Tail` returns. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
  logTailBytes: 4_096,
  /** Characters. https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html */
  functionNameLength: 64,
  /** Characters. https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html */
  handlerLength: 128,
  /** Characters. https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html */
  descriptionLength: 256,
  /** Characters. https://docs.aws.amazon.com/lambda/latest/api/API_ImageConfig.html */
  workingDirectoryLength: 1_000,
  /** Characters of a function name or ARN in a request.
   * https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html */
  functionReferenceLength: 256,
  /** Characters of a version or alias. https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html */
  qualifierLength: 128,
  /** Invocations of a function in one chain of requests before Lambda stops the chain.
   * https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html */
  loopInvocations: 16,
  /** Extensions per function.
   * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html */
  extensions: 10,
  /** Bounds of a subscription's buffer. The Logs API buffers more items by default than the Telemetry API.
   * https://docs.aws.amazon.com/lambda/latest/dg/telemetry-api-reference.html */
  telemetryBuffering: {
    maxItems: { min: 1_000, max: 10_000, default: { telemetry: 1_000, logs: 10_000 } },
    maxBytes: { min: 262_144, max: 1_048_576, default: 262_144 },
    timeoutMs: { min: 25, max: 30_000, default: 1_000 },
  },
  /** Milliseconds of the shutdown phase: with external extensions, with internal ones only, and the runtime's share.
   * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html */
  shutdown: { externalMs: 2_000, internalMs: 500, runtimeMs: 300 },
  /** Concurrent executions of an account in a region.
   * https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html */
  concurrency: 1_000,
  /** The part of `concurrency` that cannot be reserved.
   * https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html */
  unreservedConcurrency: 100,
  /** Milliseconds of the init phase. After that, it is repeated during the first invocation.
   * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html */
  initMs: 10_000,
  /** Milliseconds of a restore. https://docs.aws.amazon.com/lambda/latest/dg/snapstart-troubleshooting.html */
  restoreMs: 10_000,
  /** MB of memory for one full vCPU.
   * https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
  memoryMiBPerVcpu: 1_769,
} as const;
