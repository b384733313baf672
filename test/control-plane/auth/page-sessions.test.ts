import type { IncomingMessage } from 'node:http';
import { PageSessions } from '../../../src/control-plane/auth/page-sessions';

const host = 'localhost:9000';
const request = (headers: Readonly<Record<string, string>>, url = '/_lambdock/stats', method = 'GET') =>
  ({ url, method, headers: { host, ...headers } }) as unknown as IncomingMessage;

/** A browser that has opened the address of a ticket. */
function signedIn() {
  let now = 0;
  const sessions = new PageSessions('token', () => now);
  const cookies = sessions.redeem(sessions.issue(), request({})) ?? [];
  const cookie = cookies[0]?.split(';')[0] ?? '';
  return { sessions, cookies, cookie, pass: (ms: number) => (now += ms) };
}

test('a ticket gives cookies for the page and for invocations, which scripts and other sites cannot use', () => {
  const { cookies } = signedIn();
  expect(cookies).toEqual([
    expect.stringMatching(
      /^lambdock-9000=[\w-]{32}; Path=\/_lambdock; Max-Age=43200; HttpOnly; SameSite=Strict$/,
    ),
    expect.stringContaining('Path=/2015-03-31/functions;'),
  ]);
});

test('a ticket is for one browser, and for a minute', () => {
  let now = 0;
  const sessions = new PageSessions('token', () => now);
  const ticket = sessions.issue();
  expect(sessions.redeem(ticket, request({}))).toBeDefined();
  expect(sessions.redeem(ticket, request({}))).toBeUndefined();
  const late = sessions.issue();
  now = 60_001;
  expect(sessions.redeem(late, request({}))).toBeUndefined();
  expect(sessions.redeem('guessed', request({}))).toBeUndefined();
});

test('a session reads, and changes something only with the token of the page', () => {
  const { sessions, cookie } = signedIn();
  const invoke = '/2015-03-31/functions/one/invocations';
  expect(sessions.holds(request({ cookie: `other=1; ${cookie}` }))).toBe(true);
  expect(sessions.holds(request({ cookie }, invoke, 'POST'))).toBe(false);
  expect(sessions.holds(request({ cookie, 'x-lambdock-token': 'token' }, invoke, 'POST'))).toBe(true);
  expect(sessions.holds(request({ cookie, 'x-lambdock-token': 'other' }, invoke, 'POST'))).toBe(false);
});

test('a session is for what the page needs, and for twelve hours', () => {
  const { sessions, cookie, pass } = signedIn();
  const token = { 'x-lambdock-token': 'token' };
  expect(sessions.holds(request({ cookie }, '/2015-03-31/functions/one'))).toBe(false);
  expect(sessions.holds(request({ cookie, ...token }, '/2015-03-31/functions', 'POST'))).toBe(false);
  expect(sessions.holds(request({ cookie: 'lambdock-9000=guessed' }))).toBe(false);
  expect(sessions.holds(request({ cookie, host: 'localhost:9001' }))).toBe(false);
  pass(12 * 3_600_000);
  expect(sessions.holds(request({ cookie }))).toBe(true);
  pass(1);
  expect(sessions.holds(request({ cookie }))).toBe(false);
});

test('many tickets push out the oldest ones', () => {
  const sessions = new PageSessions('token', () => 0);
  const first = sessions.issue();
  const others = Array.from({ length: 100 }, () => sessions.issue());
  expect(sessions.redeem(first, request({}))).toBeUndefined();
  expect(sessions.redeem(others[0] ?? '', request({}))).toBeDefined();
});
