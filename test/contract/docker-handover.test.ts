import type { Engine, Sandbox } from '../../src/engine/engine';
import { Recorder } from '../support/engine/recorder';
import { type DockerSubject, openDockerSubject } from './docker-subject';
import { processOf } from './programs';

/** What a function can do to the socket at which its init, and those of others, hand over. */

jest.setTimeout(180_000);

let subject: DockerSubject;
let engine: Engine;

beforeAll(async () => {
  subject = await openDockerSubject({ transport: 'unix' });
  engine = await subject.open('first');
});

afterAll(async () => {
  await engine?.close();
  await subject?.close();
});

function sandbox(id: string): Promise<Sandbox> {
  return engine.createSandbox({
    id,
    image: subject.image,
    memoryMiB: 128,
    ephemeralStorageMiB: 512,
  });
}

const pestering = `
import array, os, socket

def caller():
    one = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    one.connect("/.lambdock/receiver.sock")
    return one

def send(text, *descriptors):
    one = caller()
    one.sendmsg([text], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))])
    return one.recv(1)

token = b"0123456789abcdef" * 2
listening = socket.socket()
listening.bind(("127.0.0.1", 0))
listening.listen()
pipes = [os.pipe()[0] for _ in range(3)]
right = [listening.fileno(), *pipes]
answers = [
    send(token),
    send(token, 0),
    send(token, *right[:3]),
    send(token, *right, 0),
    send(token, *right * 3),
    send(token, *pipes, listening.fileno()),
    send(token, socket.socket().fileno(), *pipes),
    send(b"", *right),
    send(b'", "', *right),
    send(token.upper(), *right),
]
# No process has it. The attack checks only that it was passed on.
answers.append(send(token, *right))
print(answers == [b""] * 10 + [b"y"], answers)
idle = [caller() for _ in range(100)]
print("idle", flush=True)
os.read(os.pipe()[0], 1)
`;

test('sandboxes hand over descriptors, whatever a function sends to the receiver', async () => {
  const hostile = await sandbox('hostile');
  try {
    expect(hostile.direct).toBe(true);
    const recorder = new Recorder();
    hostile.listen(recorder);
    const environment = { PATH: '/var/lang/bin:/usr/local/bin:/usr/bin:/bin' };
    hostile.start(processOf('runtime', ['/usr/bin/env', 'python3', '-c', pestering], { environment }));
    await recorder.until(() =>
      /idle|Error/.test(recorder.text('runtime') + recorder.text('runtime', 'stderr')),
    );
    expect(recorder.text('runtime', 'stderr')).toBe('');
    expect(recorder.text('runtime')).toMatch(/^True /);
    const next = await sandbox('next');
    expect(next.direct).toBe(true);
    await next.remove();
  } finally {
    await hostile.remove();
  }
});
