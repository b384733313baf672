import { randomUUID } from 'node:crypto';
import { systemClock } from '../../lib/clock';
import { clientSettings } from '../../settings';
import type { Flags } from '../../settings/resolver';
import { Problem } from '../problem';
import type { Sample } from '../samples/sample';
import { table } from '../terminal/table';

type Samples = Readonly<Record<string, Sample>>;

/** Prints the kinds of sample events. */
export function listEvents(samples: Samples): number {
  const columns = [
    { title: 'EVENT', text: ([name]: readonly [string, Sample]) => name },
    { title: 'SOURCE', text: ([, { title }]: readonly [string, Sample]) => title },
    {
      title: 'OPTIONS',
      text: ([, { options }]: readonly [string, Sample]) =>
        Object.keys(options)
          .map((each) => `--${each}`)
          .join(' '),
    },
  ];
  process.stdout.write(table(columns, Object.entries(samples)));
  return 0;
}

export function unknownEvent(kind: string, samples: Samples): never {
  throw new Problem(`No sample event ${kind}. Pass one of ${Object.keys(samples).join(', ')}.`);
}

/** Prints a sample event as JSON. @param flags options of the sample by name, and settings */
export function printEvent(kind: string, { options, make }: Sample, flags: Flags): number {
  const { region, accountId } = clientSettings({ region: flags.region, accountId: flags.accountId });
  const values = Object.fromEntries(
    Object.entries(options).map(([name, each]) => [name, String(flags[camelCase(name)] ?? each.default)]),
  );
  for (const [name, { problemOf }] of Object.entries(options)) {
    const value = values[name] ?? '';
    const problem = problemOf?.(value);
    if (problem === undefined) continue;
    throw new Problem(
      `Cannot make the ${kind} event: --${name} ${problem}, got ${value}. Try: npx lambdock event ${kind} --help`,
    );
  }
  const context = { now: new Date(systemClock.now()), region, accountId, id: () => randomUUID() };
  const event = make(values, context);
  process.stdout.write(`${JSON.stringify(event, null, flags.compact ? 0 : 2)}\n`);
  return 0;
}

function camelCase(name: string): string {
  return name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
