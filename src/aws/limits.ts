/**
 * Lambda's quotas, as far as a function or its deployment meets them.
 * The overview is https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html ; where another
 * page is the source it stands beside the figure.
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
  /** Bytes of a zip that is sent along with a request ("50 MB").
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
  /** Of asynchronous invocations: waits in milliseconds before the function is tried again, and where it was not reached;
   * retries; milliseconds that an event is kept.
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
  /** Characters of a name or ARN where the API asks for a function.
   * https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html */
  functionReferenceLength: 256,
  /** Characters of a version or alias. https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html */
  qualifierLength: 128,
  /** Invocations of one function in a chain, after which Lambda stops it.
   * https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html */
  loopInvocations: 16,
  /** Extensions per function.
   * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html */
  extensions: 10,
  /** Bounds of a subscription's buffer. The Logs API keeps more items by default than the Telemetry API.
   * https://docs.aws.amazon.com/lambda/latest/dg/telemetry-api-reference.html */
  telemetryBuffering: {
    maxItems: { min: 1_000, max: 10_000, default: { telemetry: 1_000, logs: 10_000 } },
    maxBytes: { min: 262_144, max: 1_048_576, default: 262_144 },
    timeoutMs: { min: 25, max: 30_000, default: 1_000 },
  },
  /** Milliseconds of the shutdown phase: with an external extension, with internal ones only, and what the runtime gets.
   * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html */
  shutdown: { externalMs: 2_000, internalMs: 500, runtimeMs: 300 },
  /** Concurrent executions of an account in a region.
   * https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html */
  concurrency: 1_000,
  /** What of it reservations have to leave for other functions.
   * https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html */
  unreservedConcurrency: 100,
  /** Milliseconds that the init phase may last before it is begun anew within the first invocation.
   * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html */
  initMs: 10_000,
  /** https://docs.aws.amazon.com/lambda/latest/dg/snapstart-troubleshooting.html */
  restoreMs: 10_000,
  /** MB of memory that get one whole vCPU.
   * https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
  memoryMiBPerVcpu: 1_769,
} as const;
