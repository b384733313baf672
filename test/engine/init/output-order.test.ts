import { Socket } from 'node:net';
import { OutputOrder } from '../../../src/engine/init/output-order';

const endOfTurn = () => new Promise<void>((resolve) => void setImmediate(resolve));

let sockets: Socket[];
let order: OutputOrder;
let handled: string[];

beforeEach(() => {
  sockets = [new Socket(), new Socket()];
  order = new OutputOrder(sockets);
  handled = [];
});

afterEach(() => {
  for (const socket of sockets) socket.destroy();
});

const event = (name: string) => order.inOrder(() => handled.push(name));

it('handles an event at the end of its turn', async () => {
  event('exit');
  expect(handled).toEqual([]);
  await endOfTurn();
  expect(handled).toEqual(['exit']);
});

it('holds events while output is paused, until a whole turn has read on', async () => {
  order.pause();
  expect(sockets.map((socket) => socket.isPaused())).toEqual([true, true]);
  event('exit');
  await endOfTurn();
  expect(handled).toEqual([]);
  order.resume();
  expect(sockets.map((socket) => socket.isPaused())).toEqual([false, false]);
  event('end');
  await endOfTurn();
  expect(handled).toEqual([]);
  await endOfTurn();
  expect(handled).toEqual(['exit', 'end']);
});

it('holds them on where output is paused again meanwhile', async () => {
  order.pause();
  event('exit');
  await endOfTurn();
  order.resume();
  order.pause();
  await endOfTurn();
  await endOfTurn();
  await endOfTurn();
  expect(handled).toEqual([]);
});

it('holds them no longer than for what pipes can hold', async () => {
  order.pause();
  event('exit');
  await endOfTurn();
  order.resume();
  order.emitted(1_048_577);
  order.pause();
  await endOfTurn();
  await endOfTurn();
  expect(handled).toEqual(['exit']);
});

it('resolves when all output has been read that was there, and not at all where none was paused', async () => {
  expect(order.read()).toBeUndefined();
  order.pause();
  const read = order.read()?.then(() => handled.push('read'));
  await endOfTurn();
  expect(handled).toEqual([]);
  order.resume();
  await read;
  expect(handled).toEqual(['read']);
  expect(order.read()).toBeUndefined();
});
