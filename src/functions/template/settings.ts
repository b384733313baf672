import { isAccountId, isRegion } from '../../aws/arn';
import { integer, oneOf, text } from '../../lib/kinds';
import { basesKind } from '../../runtimes/bases';
import { readSource, type TemplateReader } from './reader';
import { readSpares, spareCounts } from './spare-counts';
import type { Field } from './value-reader';

/** Settings of lambdock itself that the template may have. */
export const templateSettingKinds = {
  region: text('must be a region such as us-east-1', isRegion),
  accountId: text('must be twelve digits in quotes', isAccountId),
  port: integer(0, 65_535),
  bases: basesKind,
  network: text("must be an engine network's name or id: letters, digits, _, - and .", (value) =>
    /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(value),
  ),
  /** `aws: { endpoint: … }` in the template. */
  awsEndpoint: text('must be an address such as http://localhost:4566', (value) =>
    /^https?:\/\/[^/\s?#]+\/?$/.test(value),
  ),
  /** `logs: { endpoint: … }` in the template. */
  logsEndpoint: text('must be an address such as http://localhost:4566, or none', (value) =>
    /^(https?:\/\/[^/\s?#]+\/?|none)$/.test(value),
  ),
  /** `otlp: { endpoint: … }` in the template. */
  otlpEndpoint: text('must be an address such as http://localhost:4318', (value) =>
    /^https?:\/\/[^/\s?#]+\/?$/.test(value),
  ),
  spares: spareCounts,
  idleTimeout: integer(1, 86_400, 'seconds'),
  architecture: oneOf('any', 'strict'),
  auth: oneOf('any', 'required'),
  keys: text(
    'must be pairs of an access key id and its secret such as ID:SECRET, separated by commas',
    (value) => /^[\w-]+:[^\s,]+(,[\w-]+:[^\s,]+)*$/.test(value),
  ),
  allowedHosts: text(
    'are host names such as lambdock.example.com or *.example.com, with commas between them',
    (value) => /^(\*|(\*\.)?[\w.-]+)(,(\*|(\*\.)?[\w.-]+))*$/.test(value),
  ),
  allowedOrigins: text('are origins such as http://localhost:5173, with commas between them', (value) =>
    /^(\*|[a-z][\w+.-]*:\/\/[^/\s,]+)(,(\*|[a-z][\w+.-]*:\/\/[^/\s,]+))*$/i.test(value),
  ),
  functionNetwork: oneOf('isolated', 'shared'),
  reuse: oneOf('function', 'any'),
  resetInit: oneOf('boosted', 'throttled'),
  pending: oneOf('wait', 'refuse'),
  retrySpeed: integer(1, 10_000),
  logFileSize: integer(1, 10_240, 'MB'),
  logFiles: integer(1, 100),
  history: integer(100, 1_000_000),
};

/** Settings with a single value. Flags and variables can set them too. */
export type SettingName = keyof typeof templateSettingKinds;

const valueNames = Object.keys(templateSettingKinds) as readonly SettingName[];

export const settingNames = [...valueNames, 'layers'] as const;

/** The settings in a template. */
export type TemplateSettings = {
  readonly [K in SettingName]?: NonNullable<ReturnType<(typeof templateSettingKinds)[K]['read']>>;
} & {
  /** Absolute paths of folders and zip files that replace layers of other accounts, by ARN with or without version. */
  readonly layers?: Readonly<Record<string, string>>;
};

export function readTemplateSettings(
  reader: TemplateReader,
  fields: Partial<Record<(typeof settingNames)[number], Field>>,
  folder: string,
): TemplateSettings {
  const read = Object.fromEntries(
    valueNames.flatMap((name) => {
      const value =
        name === 'spares'
          ? readSpares(reader, fields.spares)
          : reader.value<string | number>(fields[name], templateSettingKinds[name]);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const layers = readLayers(reader, fields.layers, folder);
  return Object.freeze({ ...read, ...(layers !== undefined && { layers }) });
}

function readLayers(
  reader: TemplateReader,
  field: Field | undefined,
  folder: string,
): Readonly<Record<string, string>> | undefined {
  if (field === undefined) return undefined;
  const found: Record<string, string> = {};
  for (const each of reader.fields(field) ?? []) {
    const path = readSource(reader, each, folder);
    if (path !== undefined) found[each.key] = path;
  }
  return found;
}
