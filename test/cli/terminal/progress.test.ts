import { Progress } from '../../../src/cli/terminal/progress';
import { TestClock } from '../../support/fakes/test-clock';

class Output {
  text = '';

  constructor(
    readonly isTTY = false,
    readonly columns = 60,
  ) {}

  write(text: string): void {
    this.text += text;
  }
}

test('a pipe gets a line per new step, and one at the end with the time it took', async () => {
  const output = new Output();
  const clock = new TestClock();
  const value = await new Progress(output, clock).task(
    'Images',
    async (report) => {
      report('python3.13');
      report('python3.13', 0.5);
      report('nodejs22.x\n  again');
      clock.advance(1_500);
      return 7;
    },
    (count) => `${count} made`,
  );
  expect(value).toBe(7);
  expect(output.text).toBe('Images: python3.13\nImages: nodejs22.x again\nImages: 7 made (1.5 s)\n');
});

test('a terminal has one line that is drawn again, never longer than the window', async () => {
  const output = new Output(true, 40);
  await new Progress(output, new TestClock()).task('Images', async (report) => {
    report('half of something that is long', 0.5);
  });
  expect(output.text.split('\r\x1b[K')).toEqual([
    '',
    'Images',
    '[############            ] Images: half',
    'Images: done (0.0 s)\n',
  ]);
});

test('shows that a task failed and throws its error', async () => {
  const output = new Output();
  const failing = new Progress(output, new TestClock()).task('Engine', async () => {
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(output.text).toBe('Engine: failed (0.0 s)\n');
});
