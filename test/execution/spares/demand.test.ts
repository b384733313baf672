import { Demand, demandMs } from '../../../src/execution/spares/demand';

test('the level is the size of the last burst, and fades to nothing over a minute', () => {
  const demand = new Demand();
  expect(demand.level(0)).toBe(0);
  for (let call = 0; call < 4; call += 1) demand.arrived(1_000 + call);
  expect(demand.level(1_003)).toBe(4);
  expect(demand.level(1_003 + demandMs / 2)).toBe(2);
  expect(demand.level(1_003 + demandMs - 1)).toBe(1);
  expect(demand.level(1_003 + demandMs)).toBe(0);
});

test('cold starts with time between them are no burst', () => {
  const demand = new Demand();
  for (let call = 0; call < 5; call += 1) demand.arrived(call * 2_000);
  expect(demand.level(8_000)).toBe(1);
});

test('a smaller burst replaces a larger one only once that one has faded', () => {
  const demand = new Demand();
  for (let call = 0; call < 10; call += 1) demand.arrived(0);
  demand.arrived(demandMs / 2);
  expect(demand.level(demandMs / 2)).toBe(5);
  demand.arrived(demandMs);
  expect(demand.level(demandMs)).toBe(1);
});

test('it says when the level falls next', () => {
  const demand = new Demand();
  expect(demand.fallsAtMs(0)).toBeUndefined();
  for (let call = 0; call < 3; call += 1) demand.arrived(0);
  let nowMs = 0;
  const levels = [demand.level(nowMs)];
  for (let at = demand.fallsAtMs(nowMs); at !== undefined; at = demand.fallsAtMs(nowMs)) {
    nowMs = at;
    levels.push(demand.level(nowMs));
  }
  expect(levels).toEqual([3, 2, 1, 0]);
  expect(nowMs).toBe(demandMs);
});
