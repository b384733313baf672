import { RunningApp } from '../../support/app/running-app';
import { compileJava } from '../../support/functions/java-classes';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

jest.setTimeout(900_000);

/** The oldest and the newest Java; java.test.ts covers those between. */
test('java11 and java25 run the same classes, and the JVM warns of nothing', async () => {
  await using folder = await TemporaryFolder.make();
  const { classes } = await compileJava(folder.path);
  const shared = { code: classes, handler: 'example.Acts', memorySize: 1_024, timeout: 60 };
  await using app = await RunningApp.start({
    settings: { spares: 0 },
    functions: { java11: { ...shared, runtime: 'java11' }, java25: { ...shared, runtime: 'java25' } },
  });
  for (const name of ['java11', 'java25']) {
    const { payload, log } = await app.invoke(name, { act: 'inside' }, { tail: true });
    expect(payload).toMatchObject({ calls: 1, java: name.slice('java'.length) });
    expect(log.join('\n')).not.toMatch(/warning/i);
  }
});
