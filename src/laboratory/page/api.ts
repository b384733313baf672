/** The page's requests to lambdock. Requests that change something carry the token that the page was served with. */

const token = document.querySelector<HTMLMetaElement>('meta[name=lambdock-token]')?.content ?? '';

/** Number and delay of retries of a failed read. */
const retries = 4;
const retryAfterMs = 250;

export async function getJson<T>(path: string): Promise<T> {
  return read<T>(await get(path));
}

/**
 * Chromium aborts connecting requests when the machine's addresses change, as they do when the engine starts a
 * container.
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

/** Whether lambdock was restarted since it served this page. */
export async function isOtherRun(): Promise<boolean> {
  return !(await getText('/_lambdock/ui')).includes(`content="${token}"`);
}

/** Whether lambdock responds but no longer serves this page. */
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
  /** `Handled` or `Unhandled`. The payload is then the error. */
  readonly functionError?: string;
  readonly payload: string;
  /** The last 4 KB of the log. */
  readonly log: string;
  /** Duration in milliseconds, measured by the browser. */
  readonly tookMs: number;
}

export interface InvokeRequest {
  readonly functionName: string;
  readonly qualifier?: string;
  readonly event: string;
  /** Asynchronous: lambdock queued the event and responded with 202. */
  readonly isAsynchronous?: boolean;
  /** Forces a cold start whose environment prints its imports. */
  readonly isProfiled?: boolean;
}

/** Invokes through Lambda's API. Resolves for an error of the function, and rejects for a refused request. */
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

/** The message of an error response of the operator routes or of Lambda's API. */
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
