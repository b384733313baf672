import type { RuntimeRow } from './families/family-images';
import { runtimeRows } from './runtime-images';

/** AWS's base images, in its public registry and on Docker Hub. The groups are family and tag. */
const base = /^(?:public\.ecr\.aws\/lambda\/|(?:docker\.io\/)?amazon\/aws-lambda-)(\w+)(?::([\w.-]+))?$/;

/** The runtime of an AWS base image: `public.ecr.aws/lambda/python:3.12-x86_64` is python3.12. */
export function runtimeOfBase(reference: string): RuntimeRow | undefined {
  const [, family, tag = 'latest'] = base.exec(reference) ?? [];
  const rows = runtimeRows.filter((row) => row.family === family);
  if (tag === 'latest') return rows.at(-1);
  return rows.find(
    ({ version }) => tag === version || (/^[.-]/.test(tag.slice(version.length)) && tag.startsWith(version)),
  );
}

const from = /^(\s*FROM\s+(?:--\S+\s+)*)(\S+)(.*)$/i;
const argument = /^\s*ARG\s+(\w+)(?:=(.*?))?\s*$/i;

/** File with the certificate authorities that installers trust, in stages on lambdock's images. */
export const authoritiesFile = '.lambdock.ca.pem';

/** Build arguments are variables of the build only. The image does not contain them. */
const trusting = ['PIP_CERT', 'NODE_EXTRA_CA_CERTS', 'npm_config_cafile', 'CURL_CA_BUNDLE'];

const trustingLines = [
  `COPY ${authoritiesFile} /etc/pki/lambdock.pem`,
  ...trusting.map((name) => `ARG ${name}=/etc/pki/lambdock.pem`),
];

/**
 * Replaces the base images of a Dockerfile's stages if `standIn` returns another image.
 * @param given build arguments, which may be part of an image's name
 * @param trusts whether those stages trust the authorities in `authoritiesFile`, which the context must then contain
 */
export async function withStandIns(
  dockerfile: string,
  given: Readonly<Record<string, string>>,
  standIn: (reference: string) => Promise<string | undefined>,
  trusts = false,
): Promise<string> {
  const values = new Map<string, string>();
  let isGlobal = true;
  const lines: string[] = [];
  for (const line of dockerfile.split('\n')) {
    const [, name, value = ''] = (isGlobal && argument.exec(line)) || [];
    if (name !== undefined) values.set(name, given[name] ?? value.replace(/^(["'])(.*)\1$/, '$2'));
    const [, before, reference = '', after] = from.exec(line) ?? [];
    if (before === undefined) lines.push(line);
    else {
      isGlobal = false;
      const other = await standIn(expanded(reference, values));
      if (other === undefined) lines.push(line);
      else lines.push(`${before}${other}${after}`, ...(trusts ? trustingLines : []));
    }
  }
  return lines.join('\n');
}

/** Expands `$NAME`, `${NAME}` and `${NAME:-default}`. */
function expanded(text: string, values: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\$(?:(\w+)|\{(\w+)(?::-([^}]*))?\})/g, (_, plain, braced, otherwise = '') => {
    const value = values.get(plain ?? braced) ?? '';
    return value === '' ? otherwise : value;
  });
}
