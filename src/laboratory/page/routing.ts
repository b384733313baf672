/** A view of the page. The address holds it after `#`: `/logs?function=hello`. */
export interface Route {
  readonly view: string;
  /** The item that the view shows, such as a function's name or a request id. */
  readonly subject?: string;
  readonly query: Readonly<Record<string, string>>;
}

export function routeOf(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split('?');
  const [view = '', ...rest] = path.split('/');
  const subject = rest.join('/');
  return {
    view: view === '' ? 'functions' : view,
    ...(subject !== '' && { subject: decodeSubject(subject) }),
    query: Object.fromEntries(new URLSearchParams(query)),
  };
}

export function addressOf(
  view: string,
  subject?: string,
  query: Readonly<Record<string, string>> = {},
): string {
  const given = Object.entries(query).filter(([, value]) => value !== '');
  const search = given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
  return `#/${view}${subject === undefined ? '' : `/${encodeURIComponent(subject)}`}${search}`;
}

/** A subject with a malformed escape is left unchanged. */
function decodeSubject(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
