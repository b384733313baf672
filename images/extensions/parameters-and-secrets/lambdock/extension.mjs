// Answers as AWS's extensions for Parameter Store, Secrets Manager and AppConfig do, with the SDK of the runtime:
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets_lambda.html
// https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-integration-lambda-extensions.html
import { createServer } from 'node:http';
import { createRequire } from 'node:module';

const require = createRequire('/var/runtime/index.mjs');
const { env } = process;
const clients = new Map();
const cache = new Map();
const names = {
  appconfigdata: 'AppConfigDataClient',
  'secrets-manager': 'SecretsManagerClient',
  ssm: 'SSMClient',
};

/** Sends a command of an SDK client; what it answers is kept for `seconds`. */
async function call(service, command, input, seconds) {
  const key = JSON.stringify([command, input]);
  const known = cache.get(key);
  if (known !== undefined && known.until > Date.now()) return known.value;
  const sdk = require(`@aws-sdk/client-${service}`);
  const client = clients.get(service) ?? new sdk[names[service]]({});
  clients.set(service, client);
  const value = await client.send(new sdk[`${command}Command`](input));
  cache.set(key, { value, until: Date.now() + Number(seconds ?? 300) * 1_000 });
  return value;
}

const json = ({ $metadata: _, ...value }) =>
  JSON.stringify({ ...value, ResultMetadata: {} }, (_key, each) =>
    each instanceof Uint8Array ? Buffer.from(each).toString('base64') : each,
  );

const defined = (object) => Object.fromEntries(Object.entries(object).filter(([, each]) => each != null));

async function parametersAndSecrets({ pathname, searchParams: query }) {
  if (pathname === '/secretsmanager/get') {
    const input = {
      SecretId: query.get('secretId'),
      VersionId: query.get('versionId'),
      VersionStage: query.get('versionStage'),
    };
    return json(await call('secrets-manager', 'GetSecretValue', defined(input), env.SECRETS_MANAGER_TTL));
  }
  if (pathname.replace(/\/$/, '') !== '/systemsmanager/parameters/get') return undefined;
  const suffix = query.get('version') ?? query.get('label');
  const input = {
    Name: `${query.get('name')}${suffix === null ? '' : `:${suffix}`}`,
    WithDecryption: query.get('withDecryption') === 'true',
  };
  return json(await call('ssm', 'GetParameter', input, env.SSM_PARAMETER_STORE_TTL));
}

async function configuration({ pathname }) {
  const parts = /^\/applications\/([^/]+)\/environments\/([^/]+)\/configurations\/([^/]+)$/.exec(pathname);
  if (parts === null) return undefined;
  const [ApplicationIdentifier, EnvironmentIdentifier, ConfigurationProfileIdentifier] = parts
    .slice(1)
    .map(decodeURIComponent);
  const seconds = env.AWS_APPCONFIG_EXTENSION_POLL_INTERVAL_SECONDS ?? 45;
  const input = { ApplicationIdentifier, EnvironmentIdentifier, ConfigurationProfileIdentifier };
  const session = await call('appconfigdata', 'StartConfigurationSession', input, seconds);
  const token = { ConfigurationToken: session.InitialConfigurationToken };
  const { Configuration } = await call('appconfigdata', 'GetLatestConfiguration', token, seconds);
  return Buffer.from(Configuration ?? []);
}

/** Resolves once it listens. */
function serve(port, needsToken, answer) {
  const server = createServer(async (request, response) => {
    const end = (status, body) => response.writeHead(status).end(body);
    if (needsToken && request.headers['x-aws-parameters-secrets-token'] !== env.AWS_SESSION_TOKEN)
      return end(401, 'The header X-Aws-Parameters-Secrets-Token is not the session token.');
    try {
      const body = await answer(new URL(request.url, 'http://localhost'));
      return body === undefined ? end(404, 'not found') : end(200, body);
    } catch (error) {
      return end(error.$metadata?.httpStatusCode ?? 500, `${error.name}: ${error.message}`);
    }
  });
  return new Promise((resolve) => server.listen(Number(port), '127.0.0.1', resolve));
}

await Promise.all([
  serve(env.PARAMETERS_SECRETS_EXTENSION_HTTP_PORT ?? 2773, true, parametersAndSecrets),
  serve(env.AWS_APPCONFIG_EXTENSION_HTTP_PORT ?? 2772, false, configuration),
]);
const api = `http://${env.AWS_LAMBDA_RUNTIME_API}/2020-01-01/extension`;
const registered = await fetch(`${api}/register`, {
  method: 'POST',
  headers: { 'Lambda-Extension-Name': process.argv[2] },
  body: JSON.stringify({ events: ['SHUTDOWN'] }),
});
const headers = { 'Lambda-Extension-Identifier': registered.headers.get('lambda-extension-identifier') };
await fetch(`${api}/event/next`, { headers });
process.exit(0);
