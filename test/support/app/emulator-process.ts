import { startApp } from '../../../src/app';
import { systemClock } from '../../../src/lib/clock';
import { resolveSettings } from '../../../src/settings';
import { codeRuntime } from '../fakes/fake-code';
import { FakeEngine } from '../fakes/fake-engine';

/** lambdock in a process of its own, without an engine, so that it can be killed. Prints its address. */
async function main([template = '', data = '']: readonly string[]): Promise<void> {
  const engine = new FakeEngine();
  engine.program = codeRuntime;
  const settings = resolveSettings({ template, data, port: '0', watch: 'false' }, {});
  const app = await startApp(settings, process.stderr, {
    clock: systemClock,
    openEngine: async () => engine,
  });
  console.log(app.address);
}

void main(process.argv.slice(2));
