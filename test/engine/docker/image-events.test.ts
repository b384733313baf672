import { PassThrough } from 'node:stream';
import type Docker from 'dockerode';
import { ImageEvents } from '../../../src/engine/docker/image-events';
import { TestClock } from '../../support/fakes/test-clock';

const laterTurn = () => new Promise<void>((resolve) => void setImmediate(resolve));

function anEngine() {
  const streams: (PassThrough | Error)[] = [];
  const asked: unknown[] = [];
  const getEvents = async (options: unknown) => {
    asked.push(options);
    const next = streams.shift();
    if (next instanceof PassThrough) return next;
    throw next ?? new Error('no engine');
  };
  return { streams, asked, docker: { getEvents } as unknown as Docker };
}

test('calls listeners for every event, and asks for events once', async () => {
  const { streams, asked, docker } = anEngine();
  const stream = new PassThrough();
  streams.push(stream);
  const events = new ImageEvents(docker, new TestClock());
  const heard: string[] = [];
  const end = events.onChange(() => heard.push('one'));
  events.onChange(() => heard.push('other'));
  await laterTurn();
  expect(asked).toEqual([{ filters: { type: ['image'] } }]);
  stream.write('{"Action":"tag"}\n');
  await laterTurn();
  expect(heard).toEqual(['one', 'other']);
  end();
  stream.write('{"Action":"untag"}\n');
  await laterTurn();
  expect(heard).toEqual(['one', 'other', 'other']);
  events.close();
  expect(stream.destroyed).toBe(true);
});

test('reconnects after growing waits when the engine ends the events, and assumes that some were missed', async () => {
  const { streams, asked, docker } = anEngine();
  const first = new PassThrough();
  streams.push(first, new Error('gone'), new PassThrough());
  const clock = new TestClock();
  const events = new ImageEvents(docker, clock);
  let heard = 0;
  events.onChange(() => {
    heard += 1;
  });
  await laterTurn();
  first.destroy(new Error('socket hang up'));
  await laterTurn();
  expect(clock.alarms).toEqual([1_000]);
  await clock.advance(1_000);
  await laterTurn();
  expect(clock.alarms).toEqual([2_000]);
  expect(heard).toBe(0);
  await clock.advance(2_000);
  await laterTurn();
  expect([asked.length, heard]).toEqual([3, 1]);
  events.close();
  await laterTurn();
  expect(clock.alarms).toEqual([]);
});
