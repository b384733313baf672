import { option, type SampleContext, sample } from './sample';

const common = {
  method: option('HTTP method', 'GET'),
  path: option('path of the request', '/hello'),
  body: option('body of the request', ''),
  query: option('query string', 'name=x'),
};

const headers = (host: string) => ({
  accept: 'application/json',
  'content-type': 'application/json',
  host,
  'user-agent': 'example/1.0',
  'x-forwarded-for': '203.0.113.1',
  'x-forwarded-port': '443',
  'x-forwarded-proto': 'https',
});

/** Values of repeated parameters as a list. */
function lists(query: string): Record<string, string[]> {
  const parameters = new URLSearchParams(query);
  return Object.fromEntries([...new Set(parameters.keys())].map((name) => [name, parameters.getAll(name)]));
}

/** `joined` makes one value of several. */
function singles(query: string, joined: (values: readonly string[]) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(lists(query)).map(([name, values]) => [name, joined(values)]));
}

const lastOf = (values: readonly string[]) => values.at(-1) ?? '';
const orNull = <T extends object>(value: T): T | null => (Object.keys(value).length > 0 ? value : null);

export const apigateway = sample({
  title: 'API Gateway REST API: proxy integration, payload 1.0',
  options: { ...common, stage: option('name of the stage', 'prod') },
  make({ method, path, body, query, stage }, { now, region, accountId, id }) {
    const sent = headers(`example.execute-api.${region}.amazonaws.com`);
    return {
      resource: '/{proxy+}',
      path,
      httpMethod: method,
      headers: sent,
      multiValueHeaders: Object.fromEntries(Object.entries(sent).map(([name, value]) => [name, [value]])),
      queryStringParameters: orNull(singles(query, lastOf)),
      multiValueQueryStringParameters: orNull(lists(query)),
      pathParameters: { proxy: path.replace(/^\//, '') },
      stageVariables: null,
      requestContext: {
        accountId,
        apiId: 'example',
        domainName: sent.host,
        domainPrefix: 'example',
        extendedRequestId: id(),
        httpMethod: method,
        identity: {
          accountId: null,
          caller: null,
          sourceIp: '203.0.113.1',
          user: null,
          userAgent: sent['user-agent'],
          userArn: null,
        },
        path: `/${stage}${path}`,
        protocol: 'HTTP/1.1',
        requestId: id(),
        requestTime: clfTime(now),
        requestTimeEpoch: now.getTime(),
        resourceId: '123456',
        resourcePath: '/{proxy+}',
        stage,
      },
      body: body === '' ? null : body,
      isBase64Encoded: false,
    };
  },
});

export const apigatewayV2 = sample({
  title: 'API Gateway HTTP API: payload 2.0',
  options: common,
  make: (values, context) =>
    payload2(values, context, {
      routeKey: `${values.method} ${values.path}`,
      host: `example.execute-api.${context.region}.amazonaws.com`,
    }),
});

export const functionUrl = sample({
  title: 'Function URL: payload 2.0',
  options: common,
  make: (values, context) =>
    payload2(values, context, {
      routeKey: '$default',
      host: `example.lambda-url.${context.region}.on.aws`,
    }),
});

function payload2(
  { method, path, body, query }: Readonly<Record<keyof typeof common, string>>,
  { now, accountId, id }: SampleContext,
  { routeKey, host }: { readonly routeKey: string; readonly host: string },
) {
  const parameters = singles(query, (values) => values.join(','));
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: query,
    headers: headers(host),
    ...(query !== '' && { queryStringParameters: parameters }),
    requestContext: {
      accountId,
      apiId: 'example',
      domainName: host,
      domainPrefix: 'example',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '203.0.113.1', userAgent: 'example/1.0' },
      requestId: id(),
      routeKey,
      stage: '$default',
      time: clfTime(now),
      timeEpoch: now.getTime(),
    },
    ...(body !== '' && { body }),
    isBase64Encoded: false,
  };
}

export const alb = sample({
  title: 'Application Load Balancer',
  options: common,
  make({ method, path, body, query }, { region, accountId }) {
    return {
      requestContext: {
        elb: {
          targetGroupArn: `arn:aws:elasticloadbalancing:${region}:${accountId}:targetgroup/example/0123456789abcdef`,
        },
      },
      httpMethod: method,
      path,
      queryStringParameters: singles(query, lastOf),
      headers: headers(`example.${region}.elb.amazonaws.com`),
      body,
      isBase64Encoded: false,
    };
  },
});

/** `28/Nov/2026:09:30:00 +0000`. */
function clfTime(time: Date): string {
  const [, day, month, year, clock] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(time.toUTCString()) ?? [];
  return `${day}/${month}/${year}:${clock} +0000`;
}
