import type { IncomingMessage, ServerResponse } from 'node:http';

/** Whether the request has this method; answers 405 if not. */
export function allow(method: string, request: IncomingMessage, response: ServerResponse): boolean {
  if (request.method === method) return true;
  request.resume();
  response.writeHead(405, { Allow: method, 'Content-Length': 0 });
  response.end();
  return false;
}

export function sendNotFound(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end('404 page not found\n');
}
