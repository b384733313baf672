import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RunningApp } from '../../support/app/running-app';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

jest.setTimeout(180_000);

let app: RunningApp;
let folders: TemporaryFolder;

const python = `
import logging, os, sys

logger = logging.getLogger()

def handler(event, context):
    logger.debug('details')
    logger.info('information')
    logger.warning('a warning')
    print('printed')
    if event.get('fail'):
        raise ValueError('it failed')
    if event.get('sleep'):
        import time
        time.sleep(event['sleep'])
    names = ['AWS_LAMBDA_LOG_FORMAT', 'AWS_LAMBDA_LOG_LEVEL', 'AWS_LAMBDA_LOG_GROUP_NAME']
    return [os.environ.get(name) for name in names] + [context.log_group_name]
`;

const node = `
exports.handler = async () => {
  console.debug('details');
  console.info('information', { more: 1 });
  console.warn('a warning');
};
`;

beforeAll(async () => {
  folders = await TemporaryFolder.make();
  for (const [path, text] of [
    ['python/app.py', python],
    ['node/index.js', node],
  ] as const) {
    const file = join(folders.path, path);
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, text);
  }
  const inPython = {
    runtime: 'python3.13',
    handler: 'app.handler',
    code: join(folders.path, 'python'),
    timeout: 20,
  };
  const inNode = {
    runtime: 'nodejs22.x',
    handler: 'index.handler',
    code: join(folders.path, 'node'),
    timeout: 20,
  };
  app = await RunningApp.start({
    settings: { spares: 0 },
    functions: {
      plain: inPython,
      structured: {
        ...inPython,
        logging: { format: 'JSON', applicationLevel: 'DEBUG', systemLevel: 'DEBUG' },
      },
      quiet: { ...inPython, logging: { format: 'JSON', applicationLevel: 'WARN', systemLevel: 'WARN' } },
      grouped: { ...inPython, logging: { group: '/shared/group' } },
      'late-json': { ...inPython, timeout: 1, logging: { format: 'JSON' } },
      'node-json': { ...inNode, logging: { format: 'JSON' } },
    },
  });
});

afterAll(async () => {
  await app?.[Symbol.asyncDispose]();
  await folders?.[Symbol.asyncDispose]();
});

type Line = Readonly<Record<string, unknown>>;

/** Lines of the log, those that are JSON read. */
async function linesOf(name: string): Promise<(Line | string)[]> {
  return (await app.log(name)).map(({ text }) => (text.startsWith('{') ? (JSON.parse(text) as Line) : text));
}

/** Lines of the log once the report of an invocation is among them, which comes after its response. */
async function reportedLines(name: string, requestId: string): Promise<(Line | string)[]> {
  for (;;) {
    const lines = await linesOf(name);
    if (lines.some((line) => isReportOf(line, requestId))) return lines;
    await new Promise((again) => setTimeout(again, 20));
  }
}

const isReportOf = (line: Line | string, requestId: string) =>
  typeof line === 'object' &&
  line.type === 'platform.report' &&
  (line.record as Line).requestId === requestId;

const typesOf = (lines: readonly (Line | string)[]) =>
  lines.flatMap((line) => (typeof line === 'object' && 'type' in line ? [line.type] : []));

test('a function without logging has no format and the group of its name', async () => {
  expect((await app.invoke('plain', {})).payload).toEqual([
    null,
    null,
    '/aws/lambda/plain',
    '/aws/lambda/plain',
  ]);
});

test('a group of its own is in its environment and its context', async () => {
  expect((await app.invoke('grouped', {})).payload).toEqual([null, null, '/shared/group', '/shared/group']);
});

test('JSON at DEBUG has every event of the platform and every line of the function', async () => {
  const { requestId, payload, log } = await app.invoke('structured', {}, { tail: true });
  expect(payload).toEqual(['JSON', 'DEBUG', '/aws/lambda/structured', '/aws/lambda/structured']);
  const lines = await linesOf('structured');
  expect(typesOf(lines)).toEqual([
    'platform.initStart',
    'platform.initRuntimeDone',
    'platform.initReport',
    'platform.start',
    'platform.runtimeDone',
    'platform.report',
  ]);
  expect(lines.find((line) => typeof line === 'object' && line.type === 'platform.report')).toEqual({
    time: expect.stringMatching(/Z$/),
    type: 'platform.report',
    record: {
      requestId,
      status: 'success',
      metrics: expect.objectContaining({ memorySizeMB: 128, initDurationMs: expect.any(Number) }),
      tracing: expect.anything(),
    },
  });
  const messages = lines.flatMap((line) => (typeof line === 'object' && 'level' in line ? [line] : []));
  expect(messages.map(({ level, message, requestId: id }) => [level, message, id])).toEqual([
    ['DEBUG', 'details', requestId],
    ['INFO', 'information', requestId],
    ['WARNING', 'a warning', requestId],
  ]);
  expect(lines).toContain('printed');
  expect(log.at(-1)).toContain('"type":"platform.report"');
});

test('JSON at WARN has only what is wrong', async () => {
  await app.invoke('quiet', {});
  const lines = await linesOf('quiet');
  expect(lines.map((line) => (typeof line === 'object' ? (line.message ?? line.type) : line))).toEqual([
    'a warning',
  ]);
  const { requestId } = await app.invoke('quiet', { fail: true });
  const more = await reportedLines('quiet', requestId);
  expect(typesOf(more)).toEqual(['platform.runtimeDone', 'platform.report']);
  expect(more).toContainEqual(expect.objectContaining({ level: 'ERROR', errorType: 'ValueError' }));
});

test('a timeout is in the report', async () => {
  const { requestId } = await app.invoke('late-json', { sleep: 5 });
  const lines = await reportedLines('late-json', requestId);
  expect(lines.find((line) => isReportOf(line, requestId))).toMatchObject({ record: { status: 'timeout' } });
});

test('Node.js writes its lines as JSON', async () => {
  const { requestId } = await app.invoke('node-json', {});
  const lines = await linesOf('node-json');
  const messages = lines.flatMap((line) => (typeof line === 'object' && 'level' in line ? [line] : []));
  expect(messages).toEqual([
    expect.objectContaining({ level: 'INFO', requestId }),
    expect.objectContaining({ level: 'WARN', message: 'a warning', requestId }),
  ]);
});
