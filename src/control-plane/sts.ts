import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { bodyOf } from '../lib/http-body';
import type { Keys } from './auth/signature';
import { type Caller, callerOf } from './caller';
import { type Answer, headerOf } from './edge';
import { wholeBody } from './whole-body';

const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/';
const largestBytes = 1_048_576;
const defaultSeconds = 3_600;

/** A role that was assumed, as it travels in the session token. */
interface Session {
  readonly role: string;
  readonly name: string;
}

export interface StsParts extends Caller {
  readonly nowMs: () => number;
  /** Whose signatures are verified; absent where any is believed. */
  readonly keys?: Keys;
}

/** STS has one path for all its operations, and forms for bodies. */
export function isStsRequest({ method, url, headers }: IncomingMessage): boolean {
  if (method !== 'POST' || (url !== '/' && url?.startsWith('/?') !== true)) return false;
  return headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
}

/**
 * What tools ask STS before they deploy: whose credentials they have, and others for a role. Credentials for a role
 * are placeholders, whose access key id is the role's account: what is signed with them is done in that account.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html
 */
export async function sts(request: IncomingMessage, parts: StsParts): Promise<Answer> {
  const body = wholeBody(
    await bodyOf(request, largestBytes),
    () => `Request must be smaller than ${largestBytes} bytes`,
  );
  const form = new URLSearchParams(body.toString('utf8'));
  const action = form.get('Action') ?? '';
  switch (action) {
    case 'GetCallerIdentity':
      return answer(action, identity(request, parts));
    case 'AssumeRole':
      return assumeRole(form, parts);
    default:
      return failure(
        'InvalidAction',
        `Could not find operation ${action} for version ${form.get('Version') ?? ''}`,
      );
  }
}

function identity(request: IncomingMessage, parts: StsParts): string {
  const { accountId } = callerOf(request.headers.authorization, parts);
  const session = sessionOf(headerOf(request, 'x-amz-security-token'));
  const [arn, userId] = session
    ? [assumedArn(session, accountId), `${roleId}:${session.name}`]
    : [`arn:aws:iam::${accountId}:root`, accountId];
  return element('Arn', arn) + element('UserId', userId) + element('Account', accountId);
}

const roleArn = /^arn:aws[a-zA-Z-]*:iam::(\d{12}):role\/(?:[^\s]*\/)?([\w+=,.@-]{1,64})$/;
const sessionName = /^[\w+=,.@-]{2,64}$/;

function assumeRole(form: URLSearchParams, { keys, nowMs }: StsParts): Answer {
  const arn = form.get('RoleArn') ?? '';
  const name = form.get('RoleSessionName') ?? '';
  const seconds = Number(form.get('DurationSeconds') ?? defaultSeconds);
  const [, accountId = '', role = ''] = roleArn.exec(arn) ?? [];
  if (role === '') return failure('ValidationError', `${arn} is invalid`);
  if (!sessionName.test(name)) {
    return failure(
      'ValidationError',
      `1 validation error detected: Value '${name}' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*`,
    );
  }
  const secret = keys === undefined ? randomBytes(30).toString('base64') : keys.get(accountId);
  if (secret === undefined) {
    return failure(
      'AccessDenied',
      `Cannot assume ${arn}: signatures are verified, and there is no key of account ${accountId}. Add ${accountId}:SECRET to the setting keys.`,
      403,
    );
  }
  const session: Session = { role, name };
  const token = Buffer.from(JSON.stringify(session)).toString('base64url');
  const credentials =
    element('AccessKeyId', accountId) +
    element('SecretAccessKey', secret) +
    element('SessionToken', token) +
    element('Expiration', new Date(nowMs() + seconds * 1_000).toISOString());
  const user = element('AssumedRoleId', `${roleId}:${name}`) + element('Arn', assumedArn(session, accountId));
  return answer(
    'AssumeRole',
    `<Credentials>${credentials}</Credentials><AssumedRoleUser>${user}</AssumedRoleUser>`,
  );
}

/** lambdock has no roles, so all have the same id. */
const roleId = 'AROALAMBDOCKLAMBDOCK';

const assumedArn = ({ role, name }: Session, accountId: string) =>
  `arn:aws:sts::${accountId}:assumed-role/${role}/${name}`;

function sessionOf(token: string | undefined): Session | undefined {
  if (token === undefined) return undefined;
  try {
    const { role, name } = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as Partial<Session>;
    return role === undefined || name === undefined ? undefined : { role, name };
  } catch {
    // A token of other credentials, which lambdock ignores.
    return undefined;
  }
}

const answer = (action: string, result: string): Answer =>
  xml(
    200,
    `<${action}Response xmlns="${namespace}"><${action}Result>${result}</${action}Result><ResponseMetadata>${element('RequestId', randomUUID())}</ResponseMetadata></${action}Response>`,
  );

const failure = (code: string, message: string, status = 400): Answer =>
  xml(
    status,
    `<ErrorResponse xmlns="${namespace}"><Error><Type>Sender</Type>${element('Code', code)}${element('Message', message)}</Error>${element('RequestId', randomUUID())}</ErrorResponse>`,
  );

const xml = (status: number, text: string): Answer => ({
  status,
  contentType: 'text/xml',
  body: Buffer.from(text),
});

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const element = (name: string, value: string) =>
  `<${name}>${value.replaceAll(/[&<>"]/g, (each) => escapes[each] ?? each)}</${name}>`;
