import { UnfinishedBodies } from '../../src/lib/http-body';

class Receiving {
  isCut = false;
  destroy(): never {
    this.isCut = true;
    return this as never;
  }
}

test('cuts off the body that waits longest when bodies together hold too much', () => {
  const bodies = new UnfinishedBodies(100);
  const [one, two, three] = [new Receiving(), new Receiving(), new Receiving()];
  bodies.hold(one, 40);
  bodies.hold(two, 40);
  bodies.hold(one, 50);
  bodies.hold(three, 40);
  expect([one, two, three].map(({ isCut }) => isCut)).toEqual([false, true, false]);
  bodies.release(one);
  bodies.hold(three, 100);
  expect(three.isCut).toBe(false);
  bodies.hold(three, 101);
  expect(three.isCut).toBe(true);
  bodies.hold(one, 100);
  expect(one.isCut).toBe(false);
});
