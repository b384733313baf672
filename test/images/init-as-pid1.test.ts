import { once } from 'node:events';
import { childOf, initsOfEachTest, shell } from '../support/init/inits';

/** The real init in a PID namespace, with folders of its own, against a real gate. */

jest.setTimeout(120_000);

const inits = initsOfEachTest();

describe('an init as PID 1', () => {
  it('kills every process at a reset, whatever its session', async () => {
    const init = await inits.openAsPid1();
    const { connection, recorder } = init;
    connection.start(
      shell('for i in 1 2 3; do setsid sh -c "(sleep 1000 &) ; echo child; exec sleep 1000" & done; wait'),
    );
    await recorder.until(() => recorder.text('a') === 'child\n'.repeat(3));
    await connection.reset();
    connection.start(shell('cd /proc; echo [0-9]*; echo $$', { name: 'b' }));
    await recorder.exitOf('b');
    const [all, self] = recorder.text('b').split('\n');
    expect(all).toBe(`1 ${self}`);
  });

  it('reports an end by the memory limit once every process has ended', async () => {
    const { connection, recorder } = await inits.openAsPid1();
    connection.start(shell('setsid sh -c "echo child; exec sleep 1000" & wait'));
    await recorder.untilPrinted('a', 'child');
    if (connection.cgroupVersion === 0) connection.signal('a', 'SIGKILL');
    else connection.watchMemory(1);
    await recorder.exitOf('a');
    connection.watchMemory(0);
    connection.start(shell('cd /proc; echo [0-9]*; echo $$', { name: 'b' }));
    await recorder.exitOf('b');
    const [all, self] = recorder.text('b').split('\n');
    expect(all?.split(' ')).toHaveLength(connection.cgroupVersion === 0 ? 3 : 2);
    expect(all?.split(' ')).toContain(self);
  });

  it('stops and continues every process, whatever its session', async () => {
    const { connection, recorder } = await inits.openAsPid1();
    connection.start(shell('setsid sh -c "while :; do echo tick; done" & wait'));
    await recorder.untilPrinted('a', 'tick');
    connection.freeze();
    for (
      let quiet = 0, length = 0;
      quiet < 50;
      quiet = recorder.text('a').length === length ? quiet + 1 : 0
    ) {
      length = recorder.text('a').length;
      await connection.figures();
    }
    const { length } = recorder.text('a');
    connection.thaw();
    await recorder.until(() => recorder.text('a').length > length);
  });

  it('empties what a function can write, and reports what remains', async () => {
    const { connection, recorder } = await inits.openAsPid1();
    connection.start(
      shell(`
      cd /tmp && mkdir -p a/b/c d && touch a/b/c/file .hidden /dev/shm/x && ln -s /opt/extensions link &&
      i=0 && while [ $i -lt 500 ]; do echo > d/$i; i=$((i + 1)); done; chmod 0 a/b d`),
    );
    await recorder.exitOf('a');
    expect(await connection.clean()).toBe(true);
    connection.start(shell('ls -A /tmp /dev/shm; ls /opt/extensions; ipcmk -M 100', { name: 'b' }));
    expect(await recorder.exitOf('b')).toEqual({ code: 0, outOfMemory: false });
    expect(recorder.text('b')).toMatch(/^\/dev\/shm:\n\n\/tmp:\na\nb\nc\nfolder\nplain\n/);
    expect(await connection.clean()).toBe(false);
  });

  it('lists the files in /opt/extensions in name order, with their execute bits', async () => {
    const { connection } = await inits.openAsPid1();
    expect(await connection.extensions()).toEqual([
      { name: 'a', executable: true },
      { name: 'b', executable: true },
      { name: 'c', executable: true },
      { name: 'plain', executable: false },
    ]);
  });

  it('cannot be ended from inside, only from outside', async () => {
    const { connection, recorder, process: outer } = await inits.openAsPid1();
    connection.start(shell('kill -TERM 1; kill -KILL 1; kill -STOP 1; echo still here'));
    await recorder.exitOf('a');
    await connection.figures();
    const exited = once(outer, 'exit');
    process.kill(await childOf(outer), 'SIGTERM');
    expect(await exited).toEqual([0, null]);
  });
});
