/** A duration in the unit that reads best: `0.53 ms`, `12 ms`, `1.24 s`, `3 min 20 s`. */
export function duration(ms: number | undefined): string {
  if (ms === undefined) return '–';
  if (ms < 10) return `${ms.toFixed(2)} ms`;
  if (ms < 100) return `${ms.toFixed(1)} ms`;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(2)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Formats a share from 0 to 1 as a percentage. */
export function percent(share: number | undefined): string {
  if (share === undefined) return '–';
  return `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
}

const two = (value: number) => String(value).padStart(2, '0');

/** The time in the browser's time zone: `14:03:09.120`. */
export function timeOfDay(ms: number): string {
  const date = new Date(ms);
  const millis = String(date.getMilliseconds()).padStart(3, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${millis}`;
}

/** The first characters of an identifier, enough to distinguish it on the page. */
export function short(id: string): string {
  return id.slice(0, 8);
}

export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** Indents JSON by two spaces. Returns other text unchanged. */
export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
