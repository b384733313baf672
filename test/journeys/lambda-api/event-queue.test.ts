import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { Emulator } from '../../support/app/emulator';
import { Deployer } from '../../support/functions/deployer';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

/** As in `crash.test.ts`. */
const kills = Number(process.env.LAMBDOCK_TEST_KILLS ?? 8);

jest.setTimeout(30_000 * kills);
const eventsPerRun = 40;

test('delivers an accepted event, whenever lambdock is killed', async () => {
  await using folder = await TemporaryFolder.make();
  const notes = join(folder.path, 'notes');
  writeFileSync(notes, '');
  const accepted: string[] = [];
  let emulator = await Emulator.start(folder.path);
  try {
    await new Deployer(emulator.client).create('noting', `note ${notes}`);
    for (let run = 0; run < kills; run += 1) {
      const { client } = emulator;
      const sent = Array.from({ length: eventsPerRun }, async (_, index) => {
        const id = `${run}-${index}`;
        await client.send(
          new InvokeCommand({
            FunctionName: 'noting',
            InvocationType: 'Event',
            Payload: JSON.stringify({ id }),
          }),
        );
        accepted.push(id);
        // Each run is killed at another number of acknowledged events.
        if (accepted.length % eventsPerRun === (run * 5) % eventsPerRun) await emulator.kill();
      });
      await Promise.allSettled(sent);
      await emulator.kill();
      emulator = await Emulator.start(folder.path);
    }
    const missing = () => {
      const noted = new Set(readFileSync(notes, 'utf8').split('\n'));
      return accepted.filter((id) => !noted.has(id));
    };
    const deadline = Date.now() + 15_000 * kills;
    while (missing().length > 0 && Date.now() < deadline) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(missing()).toEqual([]);
    expect(accepted.length).toBeGreaterThan(kills);
  } finally {
    await emulator.kill();
  }
});
