import { systemClock } from '../../lib/clock';
import { type Connection, Emulator } from '../client/emulator';
import { parsed, readAll } from '../client/http';
import { LambdaApi } from '../client/lambda-api';
import { plotted } from '../client/plotted';
import { refusal } from '../client/refusal';
import { content } from '../invoke';
import { Problem } from '../problem';
import { Progress } from '../terminal/progress';
import { writeText } from '../text-files';
import { analysed, type Measured, type Report, ranking, reportIn } from './analysis';
import { powerTuningOutput, type Tuning, tuningSvg, tuningText, visualizationUrl } from './outputs';
import { priceOf } from './prices';

export interface TuneOptions {
  readonly event?: string;
  readonly memory?: readonly number[];
  readonly runs?: number;
  /** Measures cold starts, too. */
  readonly cold?: boolean;
  readonly region?: string;
  readonly architecture?: 'x86_64' | 'arm64';
  readonly json?: boolean;
  /** A file to write, as `powerTuning`. */
  readonly svg?: string;
  readonly powerTuning?: string;
}

const defaultSizes = [128, 256, 512, 1_024, 1_769];

/** Runs a function at each memory size, one invocation after another, and says which is cheapest and fastest. */
export async function tune(connection: Connection, name: string, options: TuneOptions): Promise<number> {
  const { event = '{}', memory = defaultSizes, runs = 20, cold = false } = options;
  const body = await content(/^\s*[[{"]/.test(event) || event === '-' ? event : `@${event}`, 'event');
  if (parsed(body.toString()) === undefined)
    throw new Problem(`Cannot tune ${name}: the event is not valid JSON. Check ${event}.`);
  const { FunctionArn, Architectures } = await new LambdaApi(connection).configuration(name);
  const region = options.region ?? FunctionArn.split(':')[3] ?? 'us-east-1';
  const architecture = options.architecture ?? (Architectures[0] === 'arm64' ? 'arm64' : 'x86_64');
  const price = priceOf(region, architecture);
  const sizes = [...new Set(memory)].sort((a, b) => a - b);
  const progress = new Progress(process.stderr, systemClock);
  const invoke = invoker(connection, name, body);
  const measured: Measured[] = [];
  for (const memorySize of sizes) {
    measured.push(
      await progress.task(
        `${memorySize} MB`,
        (report) =>
          measure(memorySize, {
            runs,
            cold,
            invoke,
            report: (done, of) => report(`${done} of ${of} runs`, done / of),
          }),
        ({ warm, errors }) => `${warm.length} warm runs${errors > 0 ? `, ${errors} errors` : ''}`,
      ),
    );
  }
  const results = measured.map((each) => analysed(each, price));
  const found = ranking(results);
  const tuning: Tuning = {
    functionName: name,
    region,
    architecture,
    price,
    sizes: results,
    ...(found && { ranking: found }),
  };
  if (options.svg !== undefined) writeText(options.svg, tuningSvg(tuning));
  if (options.powerTuning !== undefined)
    writeText(options.powerTuning, `${JSON.stringify(powerTuningOutput(tuning), null, 2)}\n`);
  process.stdout.write(
    options.json
      ? `${JSON.stringify(tuning, null, 2)}\n`
      : `${tuningText(tuning)}${visualizationUrl(results, price)}\n`,
  );
  await plotted(connection, tuning);
  return found === undefined ? 1 : 0;
}

type Invoke = (memorySize: number, isCold: boolean) => Promise<Report | 'error'>;

interface Measuring {
  readonly runs: number;
  readonly cold: boolean;
  readonly invoke: Invoke;
  readonly report: (done: number, of: number) => void;
}

async function measure(memorySize: number, { runs, cold, invoke, report }: Measuring): Promise<Measured> {
  const [warm, coldOnes]: [Report[], Report[]] = [[], []];
  let errors = 0;
  const coldRuns = cold ? runs : 1;
  const all = coldRuns + runs;
  for (let run = 0; run < all; run += 1) {
    const isCold = run < coldRuns;
    const outcome = await invoke(memorySize, isCold);
    report(run + 1, all);
    if (outcome === 'error') errors += 1;
    else if (isCold) coldOnes.push(outcome);
    else warm.push(outcome);
    // A size at which the function cannot run would fail each time, often by a timeout.
    if (errors >= 3 && warm.length + coldOnes.length === 0) break;
  }
  return { memorySize, warm, cold: cold ? coldOnes : [], errors };
}

function invoker(connection: Connection, name: string, body: Buffer): Invoke {
  const emulator = new Emulator(connection);
  const path = `/2015-03-31/functions/${encodeURIComponent(name)}/invocations`;
  return async (memorySize, isCold) => {
    const headers = {
      'x-amz-log-type': 'Tail',
      'x-lambdock-memory': String(memorySize),
      ...(isCold && { 'x-lambdock-cold': '1' }),
    };
    const response = await emulator.send({ method: 'POST', path, headers, body });
    const payload = await readAll(response);
    if (response.statusCode !== 200) throw refusal(connection.endpoint, response, payload);
    if (response.headers['x-amz-function-error'] !== undefined) return 'error';
    const log = Buffer.from(String(response.headers['x-amz-log-result'] ?? ''), 'base64').toString();
    return reportIn(log) ?? 'error';
  };
}
