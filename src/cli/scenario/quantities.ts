const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** `500ms`, `30s`, `1.5m`, `8h`, `1d`, or several such as `1h 30m`; undefined for another text. In milliseconds. */
export function durationMs(text: string): number | undefined {
  const parts = text.trim().split(/\s+/);
  let sum = 0;
  for (const part of parts) {
    const [, amount, unit = ''] = /^(\d{1,9}(?:\.\d+)?)(ms|s|m|h|d)$/.exec(part) ?? [];
    if (amount === undefined) return undefined;
    sum += Number(amount) * (unitMs[unit] ?? 0);
  }
  return sum;
}

const perSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600 };

/** `5/s`, `30/m`, `100/h`, or a number of requests a second; undefined for another text. In requests a second. */
export function ratePerSecond(value: string | number): number | undefined {
  if (typeof value === 'number') return value >= 0 ? value : undefined;
  const [, amount, unit = ''] = /^(\d{1,9}(?:\.\d+)?)\s*\/\s*(s|m|h)$/.exec(value.trim()) ?? [];
  return amount === undefined ? undefined : Number(amount) / (perSeconds[unit] ?? 1);
}

/** `2d 4h`, `1m 30s`, `500ms`: a duration in its two largest units. */
export function durationText(ms: number): string {
  let rest = Math.round(ms);
  if (rest < 1_000) return `${rest}ms`;
  const parts: string[] = [];
  for (const [unit, length] of Object.entries(unitMs).reverse()) {
    const count = Math.floor(rest / length);
    if (count > 0) parts.push(`${count}${unit}`);
    rest -= count * length;
  }
  return parts.slice(0, 2).join(' ');
}
