import type { RuntimeApiError } from '../runtime-errors';
import { invalidEvent, invalidFormat } from './extension-errors';

export type ExtensionEvent = 'INVOKE' | 'SHUTDOWN';

const known: ReadonlySet<unknown> = new Set(['INVOKE', 'SHUTDOWN']);

/** Events in the body of a registration, or why it is refused. An empty body has no events. */
export function subscribedEvents(
  body: Buffer,
  isExternal: boolean,
): readonly ExtensionEvent[] | RuntimeApiError {
  const read = parsed(body);
  if (read === undefined) return invalidFormat('The body is not valid JSON');
  if (typeof read !== 'object' || read === null) return invalidFormat('The body is not a JSON object');
  if (
    'configurationKeys' in read &&
    Array.isArray(read.configurationKeys) &&
    read.configurationKeys.length > 0
  )
    return invalidFormat('configurationKeys are deprecated; use environment variables instead');
  const events = 'events' in read ? (read.events ?? []) : [];
  if (!Array.isArray(events)) return invalidFormat('events is not an array');
  for (const event of events) {
    if (!known.has(event)) return invalidEvent(String(event), 'ErrorInvalidEventType');
    if (event === 'SHUTDOWN' && !isExternal)
      return invalidEvent(event, 'ShutdownEventNotSupportedForInternalExtension');
  }
  return [...new Set(events as ExtensionEvent[])];
}

function parsed(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
