import { once } from 'node:events';
import { childOf, initsOfEachTest, shell } from '../support/init/inits';

/** The real init in a PID namespace, with folders of its own, against a real gate. */

jest.setTimeout(120_000);

const inits = initsOfEachTest();

describe('an init as PID 1', () => {
  it('kills every process at a reset, whatever its session', async () => {
    const init = await inits.openAsPid1();
    const { connection, told } = init;
    connection.start(
      shell('for i in 1 2 3; do setsid sh -c "(sleep 1000 &) ; echo child; exec sleep 1000" & done; wait'),
    );
    await told.until(() => told.text('a') === 'child\n'.repeat(3));
    await connection.reset();
    connection.start(shell('cd /proc; echo [0-9]*; echo $$', { name: 'b' }));
    await told.exitOf('b');
    const [all, self] = told.text('b').split('\n');
    expect(all).toBe(`1 ${self}`);
  });

  it('reports an end by the memory limit once every process has ended', async () => {
    const { connection, told } = await inits.openAsPid1();
    connection.start(shell('setsid sh -c "echo child; exec sleep 1000" & wait'));
    await told.untilPrinted('a', 'child');
    if (connection.cgroupVersion === 0) connection.signal('a', 'SIGKILL');
    else connection.watchMemory(1);
    await told.exitOf('a');
    connection.watchMemory(0);
    connection.start(shell('cd /proc; echo [0-9]*; echo $$', { name: 'b' }));
    await told.exitOf('b');
    const [all, self] = told.text('b').split('\n');
    expect(all?.split(' ')).toHaveLength(connection.cgroupVersion === 0 ? 3 : 2);
    expect(all?.split(' ')).toContain(self);
  });

  it('stops and continues every process, whatever its session', async () => {
    const { connection, told } = await inits.openAsPid1();
    connection.start(shell('setsid sh -c "while :; do echo tick; done" & wait'));
    await told.untilPrinted('a', 'tick');
    connection.freeze();
    for (let quiet = 0, length = 0; quiet < 50; quiet = told.text('a').length === length ? quiet + 1 : 0) {
      length = told.text('a').length;
      await connection.figures();
    }
    const { length } = told.text('a');
    connection.thaw();
    await told.until(() => told.text('a').length > length);
  });

  it('empties what a function can write, and reports what remains', async () => {
    const { connection, told } = await inits.openAsPid1();
    connection.start(
      shell(`
      cd /tmp && mkdir -p a/b/c d && touch a/b/c/file .hidden /dev/shm/x && ln -s /opt/extensions link &&
      i=0 && while [ $i -lt 500 ]; do echo > d/$i; i=$((i + 1)); done; chmod 0 a/b d`),
    );
    await told.exitOf('a');
    expect(await connection.clean()).toBe(true);
    connection.start(shell('ls -A /tmp /dev/shm; ls /opt/extensions; ipcmk -M 100', { name: 'b' }));
    expect(await told.exitOf('b')).toEqual({ code: 0, outOfMemory: false });
    expect(told.text('b')).toMatch(/^\/dev\/shm:\n\n\/tmp:\na\nb\nc\nfolder\nplain\n/);
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
    const { connection, told, process: outer } = await inits.openAsPid1();
    connection.start(shell('kill -TERM 1; kill -KILL 1; kill -STOP 1; echo still here'));
    await told.exitOf('a');
    await connection.figures();
    const exited = once(outer, 'exit');
    process.kill(await childOf(outer), 'SIGTERM');
    expect(await exited).toEqual([0, null]);
  });
});
