import type { IncomingMessage } from 'node:http';
import { corsHeaders, isPreflight } from '../../../src/control-plane/function-urls/cors';

const request = (headers: Record<string, string>, method = 'GET') => ({ headers, method }) as IncomingMessage;
const cors = {
  AllowOrigins: ['https://app.example'],
  AllowMethods: ['GET', 'PUT'],
  AllowHeaders: ['X-Custom'],
  ExposeHeaders: ['X-Result'],
  MaxAge: 60,
  AllowCredentials: true,
};

test('an allowed origin is repeated, with what the configuration exposes', () => {
  expect(corsHeaders(cors, request({ origin: 'https://app.example' }))).toEqual({
    'Access-Control-Allow-Origin': 'https://app.example',
    'Access-Control-Allow-Credentials': 'true',
    'Access-Control-Expose-Headers': 'X-Result',
    Vary: 'Origin',
  });
});

test('any origin is answered with * where credentials are not allowed', () => {
  expect(corsHeaders({ AllowOrigins: ['*'] }, request({ origin: 'https://x.example' }))).toEqual({
    'Access-Control-Allow-Origin': '*',
    Vary: 'Origin',
  });
});

test.each([
  ['another origin', { origin: 'https://other.example' }, cors],
  ['no origin', {}, cors],
  ['no configuration', { origin: 'https://app.example' }, undefined],
])('%s gets no headers', (_, headers, configuration) => {
  expect(corsHeaders(configuration, request(headers as Record<string, string>))).toEqual({});
});

test('a preflight gets the allowed ones of what it asks for', () => {
  const preflight = request(
    {
      origin: 'https://app.example',
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'x-custom, x-other',
    },
    'OPTIONS',
  );
  expect(isPreflight(preflight)).toBe(true);
  expect(corsHeaders(cors, preflight)).toMatchObject({
    'Access-Control-Allow-Methods': 'PUT',
    'Access-Control-Allow-Headers': 'x-custom',
    'Access-Control-Max-Age': '60',
  });
});
