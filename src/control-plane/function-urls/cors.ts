import type { IncomingMessage } from 'node:http';
import type { FunctionUrl } from '../../functions/registry/function-urls';
import { headerOf } from '../edge';

type Cors = NonNullable<FunctionUrl['Cors']>;

const allows = (list: readonly string[] | undefined, one: string) =>
  list?.some((each) => each === '*' || each.toLowerCase() === one.toLowerCase()) ?? false;

/** Whether a request is a preflight, which the URL answers without its function. */
export function isPreflight(request: IncomingMessage): boolean {
  return request.method === 'OPTIONS' && headerOf(request, 'access-control-request-method') !== undefined;
}

/**
 * The CORS headers of a response; none if the configuration does not allow the request's origin.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Cors.html
 */
export function corsHeaders(cors: Cors | undefined, request: IncomingMessage): Record<string, string> {
  const origin = headerOf(request, 'origin');
  if (cors === undefined || origin === undefined || !allows(cors.AllowOrigins, origin)) return {};
  const isAny = cors.AllowOrigins?.includes('*') && !cors.AllowCredentials;
  return {
    'Access-Control-Allow-Origin': isAny ? '*' : origin,
    Vary: 'Origin',
    ...(cors.AllowCredentials && { 'Access-Control-Allow-Credentials': 'true' }),
    ...(cors.ExposeHeaders?.length && { 'Access-Control-Expose-Headers': cors.ExposeHeaders.join(',') }),
    ...(isPreflight(request) && preflightHeaders(cors, request)),
  };
}

function preflightHeaders(cors: Cors, request: IncomingMessage): Record<string, string> {
  const method = headerOf(request, 'access-control-request-method') ?? '';
  const asked = (headerOf(request, 'access-control-request-headers') ?? '').split(/\s*,\s*/).filter(Boolean);
  const headers = asked.filter((name) => allows(cors.AllowHeaders, name));
  return {
    ...(allows(cors.AllowMethods, method) && { 'Access-Control-Allow-Methods': method }),
    ...(headers.length > 0 && { 'Access-Control-Allow-Headers': headers.join(',') }),
    ...(cors.MaxAge !== undefined && { 'Access-Control-Max-Age': String(cors.MaxAge) }),
  };
}
