/** What the page asks of lambdock. Whatever changes something carries the token that the page was served with. */

const token = document.querySelector<HTMLMetaElement>('meta[name=lambdock-token]')?.content ?? '';

/** How often and after what time a read is tried again that did not get through. */
const retries = 4;
const retryAfterMs = 250;

export async function getJson<T>(path: string): Promise<T> {
  return read<T>(await get(path));
}

/**
 * Chromium ends requests that are about to connect whenever the machine's addresses change, as they do where the engine
 * starts a container.
 */
async function get(path: string): Promise<Response> {
  for (let left = retries; ; left -= 1) {
    try {
      return await fetch(path);
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, retryAfterMs));
    }
  }
}

export async function getText(path: string): Promise<string> {
  const response = await get(path);
  if (!response.ok) throw new Error(await problemOf(response));
  return response.text();
}

/** Whether another run of lambdock answers now than the one that has served this page. */
export async function isOtherRun(): Promise<boolean> {
  return !(await getText('/_lambdock/ui')).includes(`content="${token}"`);
}

/** Whether lambdock answers, but no longer with this page. */
export async function isSignedOut(): Promise<boolean> {
  try {
    return (await fetch('/_lambdock/ui')).status === 403;
  } catch {
    return false;
  }
}

export async function post<T>(path: string): Promise<T> {
  return read<T>(await fetch(path, { method: 'POST', headers: { 'x-lambdock-token': token } }));
}

export interface InvokeAnswer {
  readonly status: number;
  readonly requestId: string;
  /** `Handled` or `Unhandled`: the payload is the error then. */
  readonly functionError?: string;
  readonly payload: string;
  /** The last 4 KB of the log. */
  readonly log: string;
  /** As the browser measured it. */
  readonly tookMs: number;
}

export interface InvokeRequest {
  readonly functionName: string;
  readonly qualifier?: string;
  readonly event: string;
  /** Queued, and answered at once with 202. */
  readonly isAsynchronous?: boolean;
  /** A cold start of an environment that prints what it imports. */
  readonly isProfiled?: boolean;
}

/** Invokes through Lambda's own API. An error of the function is an answer; a refused request rejects. */
export async function invoke(request: InvokeRequest): Promise<InvokeAnswer> {
  const { functionName, qualifier, event, isAsynchronous = false, isProfiled = false } = request;
  const query = qualifier === undefined ? '' : `?Qualifier=${encodeURIComponent(qualifier)}`;
  const startedMs = performance.now();
  const sent = fetch(`/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations${query}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-lambdock-token': token,
      'x-amz-invocation-type': isAsynchronous ? 'Event' : 'RequestResponse',
      ...(!isAsynchronous && { 'x-amz-log-type': 'Tail' }),
      ...(isProfiled && { 'x-lambdock-profile': 'imports', 'x-lambdock-cold': '1' }),
    },
    body: event,
  });
  const response = await sent.catch(() => {
    throw new Error('No answer came: the connection failed. The function may have run: see Logs.');
  });
  if (!response.ok) throw new Error(await problemOf(response));
  const functionError = response.headers.get('x-amz-function-error');
  const payload = await response.text();
  return {
    status: response.status,
    requestId: response.headers.get('x-amzn-requestid') ?? '',
    ...(functionError !== null && { functionError }),
    payload,
    log: fromBase64(response.headers.get('x-amz-log-result') ?? ''),
    tookMs: performance.now() - startedMs,
  };
}

async function read<T>(response: Response): Promise<T> {
  if (!response.ok) throw new Error(await problemOf(response));
  return (await response.json()) as T;
}

/** The message of an error response, of the operator's routes or of Lambda's. */
async function problemOf(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const body = JSON.parse(text) as { readonly message?: string; readonly Message?: string };
    return body.message ?? body.Message ?? text;
  } catch {
    return text === '' ? `lambdock answered ${response.status}` : text;
  }
}

function fromBase64(text: string): string {
  return new TextDecoder().decode(Uint8Array.from(atob(text), (each) => each.charCodeAt(0)));
}
