/** Fields of a cron expression with their ranges, in order: minute, hour, day of month, month, day of week. */
const ranges = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 6],
] as const;

const minuteMs = 60_000;

/** Which minutes, hours, days, months and weekdays a schedule names. */
type Fields = readonly ReadonlySet<number>[];

/** Five fields of numbers, lists, ranges, steps and `*`; undefined for another text. */
export function cronFields(text: string): Fields | undefined {
  const words = text.trim().split(/\s+/);
  if (words.length !== ranges.length) return undefined;
  const fields = words.map((word, index) => fieldOf(word, ranges[index] as readonly [number, number]));
  return fields.every((field) => field !== undefined) ? fields : undefined;
}

function fieldOf(word: string, [low, high]: readonly [number, number]): ReadonlySet<number> | undefined {
  const found = new Set<number>();
  for (const part of word.split(',')) {
    const [, range = '', from, to, stepText] = /^(\*|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part) ?? [];
    if (range === '') return undefined;
    const step = Number(stepText ?? 1);
    const first = range === '*' ? low : Number(from);
    const last = range === '*' ? high : to !== undefined ? Number(to) : stepText === undefined ? first : high;
    if (step === 0 || first < low || last > high || first > last) return undefined;
    for (let value = first; value <= last; value += step) found.add(value);
  }
  return found;
}

/** The times within `forMs` from a moment at which a schedule is due, in milliseconds from that moment. In UTC. */
export function cronTimes(schedule: string, fromEpochMs: number, forMs: number): number[] {
  const [minutes, hours, days, months, weekdays] = cronFields(schedule) ?? [];
  if (!minutes || !hours || !days || !months || !weekdays) return [];
  const times: number[] = [];
  // As in cron: where both kinds of day are restricted, either one is enough.
  const isEither = days.size < 31 && weekdays.size < 7;
  const first = Math.ceil(fromEpochMs / minuteMs) * minuteMs;
  for (let at = first; at < fromEpochMs + forMs; at += minuteMs) {
    const date = new Date(at);
    const isDay = days.has(date.getUTCDate());
    const isWeekday = weekdays.has(date.getUTCDay());
    if (!minutes.has(date.getUTCMinutes()) || !hours.has(date.getUTCHours())) continue;
    if (!months.has(date.getUTCMonth() + 1)) continue;
    if (isEither ? isDay || isWeekday : isDay && isWeekday) times.push(at - fromEpochMs);
  }
  return times;
}
