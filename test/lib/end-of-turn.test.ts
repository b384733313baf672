import { atEndOfTurn } from '../../src/lib/end-of-turn';

const laterTurn = () => new Promise<void>((resolve) => void setImmediate(resolve));

test('work is done after this turn, what is urgent first, and what it asks for in the next one', async () => {
  const done: string[] = [];
  atEndOfTurn(() => {
    done.push('one');
    atEndOfTurn(() => done.push('next turn'), true);
  });
  atEndOfTurn(() => done.push('two'));
  atEndOfTurn(() => done.push('urgent'), true);
  process.nextTick(() => done.push('this turn'));
  await laterTurn();
  expect(done).toEqual(['this turn', 'urgent', 'one', 'two']);
  await laterTurn();
  expect(done.at(-1)).toBe('next turn');
});
