import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Duplex } from 'node:stream';
import type { OpenRuntimeLink } from '../execution/runtime-link';
import { decodedSegment } from '../lib/uri';
import type { AwsProxy } from './aws-proxy';
import { EnvironmentSession } from './environment-session';
import { extensionRequest } from './extensions/extension-routes';
import { HttpExchange } from './http-exchange';
import { allow, sendNotFound } from './plain-answers';
import { RuntimeConnection } from './runtime-connection';

const prefix = '/2018-06-01/runtime/';
/**
 * Each API's paths begin with its date; the excluded dates are those of the Runtime, Extensions, Logs and Telemetry
 * APIs. The path of code downloads is in the Lambda API's responses.
 */
const lambdaPath =
  /^\/(?:(?!2018-06-01|2020-01-01|2020-08-15|2022-07-01)\d{4}-\d{2}-\d{2}|_lambdock\/code)\//;
const invocationPath = /^invocation\/([^/]+)\/(response|error)$/;

/** Clients put an error's cause into a header of up to 1 MiB; the server's usual 16 KiB would lose the error. */
const headerLimitBytes = 2 * 1024 * 1024;

/**
 * The Runtime API, version 2018-06-01. It listens nowhere: connections are handed to it by environments, and a
 * connection is all the identity there is. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export class RuntimeApi {
  readonly #server: Server;
  readonly #sessions = new WeakMap<object, EnvironmentSession>();

  constructor(
    /** Answers the Lambda API to functions, which reach it at the same address. */
    private readonly lambdaApi: RequestListener = sendNotFound,
    /** Answers what is for other services. */
    private readonly aws?: Pick<AwsProxy, 'takes' | 'handle'>,
  ) {
    this.#server = createServer({ maxHeaderSize: headerLimitBytes, keepAlive: false }, (request, response) =>
      this.#route(request, response),
    );
    // A poll for the next event may last for days, and a runtime may be stopped in the middle of a request.
    this.#server.timeout = 0;
    this.#server.requestTimeout = 0;
    this.#server.headersTimeout = 0;
    this.#server.keepAliveTimeout = 0;
    // Some clients send an empty `Expect` header, which the server would else refuse with 417.
    this.#server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) =>
      this.#route(request, response),
    );
    this.#server.on('clientError', (_error, socket) => socket.destroy());
  }

  readonly openLink: OpenRuntimeLink = (events, identity) =>
    new EnvironmentSession(events, identity, (socket, session) => this.#adopt(socket, session));

  #adopt(socket: Duplex, session: EnvironmentSession): void {
    this.#sessions.set(socket, session);
    socket.on('error', () => socket.destroy());
    new RuntimeConnection(socket, session.runtime, (unusual) => this.#server.emit('connection', unusual));
  }

  #route(request: IncomingMessage, response: ServerResponse): void {
    const session = this.#sessions.get(request.socket);
    const path = request.url?.split('?', 1)[0] ?? '';
    if (session !== undefined && this.aws?.takes(request)) {
      this.aws.handle(request, response);
      return;
    }
    if (session !== undefined && lambdaPath.test(path)) {
      this.lambdaApi(request, response);
      return;
    }
    if (session !== undefined && extensionRequest(path, session.extensionSession, request, response)) return;
    if (session?.telemetrySession.handle(path, request, response)) return;
    if (session === undefined || !path.startsWith(prefix)) {
      sendNotFound(request, response);
      return;
    }
    const { runtime } = session;
    const rest = path.slice(prefix.length);
    if (rest === 'invocation/next') {
      if (allow('GET', request, response)) runtime.next(new HttpExchange(request, response));
      return;
    }
    if (rest === 'init/error') {
      if (allow('POST', request, response)) runtime.failInit(new HttpExchange(request, response));
      return;
    }
    if (runtime.mayRestore && rest === 'restore/next') {
      if (allow('GET', request, response)) runtime.restoreNext(new HttpExchange(request, response));
      return;
    }
    if (runtime.mayRestore && rest === 'restore/error') {
      if (allow('POST', request, response)) runtime.failRestore(new HttpExchange(request, response));
      return;
    }
    const [, encodedId, action] = invocationPath.exec(rest) ?? [];
    if (encodedId === undefined) {
      sendNotFound(request, response);
      return;
    }
    if (!allow('POST', request, response)) return;
    const requestId = decodedSegment(encodedId);
    if (action === 'response') runtime.respond(requestId, new HttpExchange(request, response));
    else runtime.fail(requestId, new HttpExchange(request, response));
  }
}
