import { RunningApp } from '../../support/app/running-app';
import { functionsFolder } from '../../support/functions/functions-folder';

jest.setTimeout(60_000);

const chatty = {
  runtime: 'python3.13',
  handler: 'app.handler',
  memorySize: 1_769,
  code: functionsFolder('chatty'),
};

describe.each(['unix', 'unix-relay'] as const)('with %s', (transport) => {
  test('every line has the id of the invocation that printed it, however closely they follow', async () => {
    await using app = await RunningApp.start({ functions: { chatty }, flags: { transport } });
    const callers = Array.from({ length: 4 }, async () => {
      for (let call = 0; call < 200; call += 1) await app.invoke('chatty', {});
    });
    await Promise.all(callers);
    const tailed = await app.invoke('chatty', {}, { tail: true });
    const lines = (await app.log('chatty')).filter(({ text }) => text.startsWith('line of '));
    expect(lines.length).toBeGreaterThan(10);
    expect(lines.filter(({ requestId, text }) => text !== `line of ${requestId}`)).toEqual([]);
    expect(tailed.log.filter((text) => text.startsWith('line of '))).toEqual([`line of ${tailed.requestId}`]);
  });

  test('REPORT has its figures, also if the sandbox is removed right after the response', async () => {
    await using app = await RunningApp.start({
      functions: { chatty },
      flags: { transport },
      settings: { spares: 0 },
    });
    for (let round = 0; round < 3; round += 1) {
      const { requestId } = await app.invoke('chatty', {});
      await app.retire('chatty');
      const [, used] = await app.prints(
        new RegExp(`REPORT RequestId: ${requestId}.*Max Memory Used: (\\d+) MB`),
      );
      expect(Number(used)).toBeGreaterThan(0);
    }
  });
});
