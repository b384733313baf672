import { join } from 'node:path';
import type { CrateLayer, WantedLayer } from './wanted';

interface Row {
  /** Matches the layer's name; its groups go to `files` in order. */
  readonly name: RegExp;
  readonly files?: (...groups: string[]) => Readonly<Record<string, string>>;
  /** A layer with a program from crates.io. */
  readonly crate?: Omit<CrateLayer, 'kind' | 'name'>;
  /** A layer that lambdock ships: a folder of `images/extensions`. */
  readonly folder?: string;
  readonly warning?: string;
}

const python = (...requirements: readonly string[]) => ({
  'requirements.txt': `${requirements.join('\n')}\n`,
});
const nodejs = (dependencies: Readonly<Record<string, string>>) => ({
  'package.json': JSON.stringify({ name: 'layer', private: true, dependencies }),
});

/** Wrapper scripts for `AWS_LAMBDA_EXEC_WRAPPER`. Each only starts the runtime. */
const wrappers = (...names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, '#!/bin/sh\nexec "$@"\n']));

const powertools = [
  'batch',
  'commons',
  'idempotency',
  'jmespath',
  'logger',
  'metrics',
  'parameters',
  'parser',
  'tracer',
];
const powertoolsFor = (major: string) =>
  nodejs({
    ...Object.fromEntries(
      powertools
        .filter((each) => major !== '1' || !['jmespath', 'parser'].includes(each))
        .map((each) => [`@aws-lambda-powertools/${each}`, `^${major}.0.0`]),
    ),
    ...(major !== '1' && {
      '@aws-lambda-powertools/event-handler': `^${major}.0.0`,
      '@aws-lambda-powertools/validation': `^${major}.0.0`,
    }),
    'aws-xray-sdk-core': '^3.5.0',
  });

const observed = 'sends no metrics, traces or logs anywhere';

/** Layers whose content is also in a package registry, and layers that only observe. The first match counts. */
const rows: readonly Row[] = [
  // https://docs.aws.amazon.com/powertools/python/latest/getting-started/install/#lambda-layer
  {
    name: /^AWSLambdaPowertoolsPython(?:V(\d+))?(?:-python\d+)?(?:-\w+)?$/i,
    files: (major = '1') => python(`aws-lambda-powertools[all]>=${major},<${Number(major) + 1}`),
  },
  // https://docs.aws.amazon.com/powertools/typescript/latest/getting-started/lambda-layers/
  { name: /^AWSLambdaPowertoolsTypeScript(?:V(\d+))?$/i, files: (major = '1') => powertoolsFor(major) },
  // https://github.com/keithrozario/Klayers: a layer has the name of its package.
  { name: /^Klayers-p(?:ython)?\d+-(.+)$/, files: (name) => python(name) },
  { name: /^AWSSDKPandas-Python\d+(?:-Arm64)?$/, files: () => python('awswrangler') },
  { name: /^AWSLambda-Python\d+-SciPy/, files: () => python('numpy', 'scipy') },
  { name: /^Datadog-Python/, files: () => python('datadog-lambda') },
  { name: /^Datadog-Node/, files: () => nodejs({ 'datadog-lambda-js': '*', 'dd-trace': '*' }) },
  { name: /^SentryPython/, files: () => python('sentry-sdk') },
  {
    name: /^SentryNode/,
    files: () => nodejs({ '@sentry/serverless': '^7.0.0', '@sentry/aws-serverless': '*' }),
  },
  // https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-integration-lambda-extensions.html
  {
    name: /^AWS-(?:Parameters-and-Secrets-Lambda|AppConfig)-Extension/,
    folder: 'parameters-and-secrets',
  },
  // https://github.com/awslabs/aws-lambda-web-adapter: the layer has the adapter and a wrapper that starts the handler.
  {
    name: /^LambdaAdapterLayer(?:X86|Arm64)$/,
    crate: {
      crate: 'lambda_web_adapter',
      version: '0.9.1',
      program: 'lambda-adapter',
      place: 'extensions/lambda-adapter',
      files: { bootstrap: '#!/bin/sh\nexec "$LAMBDA_TASK_ROOT/$_HANDLER"\n' },
    },
  },
  { name: /^LambdaInsightsExtension/, files: () => wrappers('stub'), warning: observed },
  {
    name: /^(?:Datadog-Extension|NewRelicLambdaExtension|AppSignal|.*[Oo]tel.*collector)/,
    files: () => wrappers('stub', 'datadog_wrapper'),
    warning: observed,
  },
  {
    // https://aws-otel.github.io/docs/getting-started/lambda
    name: /^(?:aws-otel-|opentelemetry-|AWSOpenTelemetryDistro|splunk-apm)/i,
    files: () =>
      wrappers(
        'otel-instrument',
        'otel-handler',
        'otel-proxy-handler',
        'otel-stream-handler',
        'otel-sqs-handler',
        'nodejs-otel-handler',
      ),
    warning: observed,
  },
  { name: /^lumigo-/i, files: () => wrappers('lumigo_wrapper'), warning: observed },
  { name: /^Dynatrace_/, files: () => wrappers('dynatrace'), warning: observed },
  { name: /^elastic-apm-(?:extension|agent)/i, files: () => wrappers('stub'), warning: observed },
  { name: /^AWSCodeGuruProfiler/, files: () => wrappers('codeguru_profiler_lambda_exec'), warning: observed },
];

/** The local replacement of a layer of another account. It has either `layer` or `problem`. */
export interface ForeignLayer {
  readonly layer?: WantedLayer;
  /** Ends the sentence "X …". */
  readonly warning?: string;
  /** Why it cannot be hosted; ends the sentence "X …". */
  readonly problem?: string;
}

/** @param layers folders and zip files that replace layers, by ARN with or without version */
export function foreignLayer(arn: string, layers: Readonly<Record<string, string>> = {}): ForeignLayer {
  const whole = arn.replace(/:\d+$/, '');
  const path = layers[arn] ?? layers[whole];
  if (path !== undefined) return { layer: path };
  const name = layerName(arn);
  const row = rows.find((each) => each.name.test(name));
  if (row?.folder !== undefined) return { layer: join(brought, row.folder) };
  if (row?.crate !== undefined) return { layer: { kind: 'crate', name, ...row.crate } };
  if (row?.files !== undefined) {
    const groups = (row.name.exec(name) ?? []).slice(1).filter((group) => group !== undefined);
    const { warning } = row;
    return {
      layer: { kind: 'generated', name, files: row.files(...groups) },
      ...(warning !== undefined && {
        warning: `is ${name}, which is not here. The function runs without it: it ${warning}.`,
      }),
    };
  }
  if (arn.startsWith('{{resolve:')) {
    return {
      problem: `is ${arn}, a layer in Parameter Store, which lambdock does not ask. Name a folder or zip file in lambdock.yaml: layers: { "${arn}": layer.zip }`,
    };
  }
  return {
    problem:
      `is ${arn}, a layer that is not on this machine. Download it ("aws lambda get-layer-version-by-arn" shows from where), ` +
      `and name the file in lambdock.yaml: layers: { "${whole}": ${name}.zip }`,
  };
}

const brought = join(__dirname, '../../../images/extensions');

/** Whether a text is the ARN of a layer or of a layer version. */
export function isLayerArn(text: string): boolean {
  return /^arn:[\w-]+:lambda:[\w-]+:\d{12}:layer:[\w-]+(:\d+)?$/.test(text);
}

function layerName(arn: string): string {
  return arn.split(':')[6] ?? arn;
}

/**
 * The layer ARN in a public parameter of Parameter Store, such as
 * `/aws/service/powertools/python/x86_64/python3.13/latest`; undefined for other parameters.
 */
export function layerParameter(path: string, region: string): string | undefined {
  const arn = (account: string, name: string) => `arn:aws:lambda:${region}:${account}:layer:${name}:1`;
  const [, architecture, runtime] =
    /^\/aws\/service\/powertools\/python\/(\w+)\/python([\d.]+)\//.exec(path) ?? [];
  if (architecture !== undefined && runtime !== undefined) {
    return arn(
      '017000801446',
      `AWSLambdaPowertoolsPythonV3-python${runtime.replace('.', '')}-${architecture}`,
    );
  }
  if (path.startsWith('/aws/service/powertools/typescript/')) {
    return arn('094274105915', 'AWSLambdaPowertoolsTypeScriptV2');
  }
  return undefined;
}
