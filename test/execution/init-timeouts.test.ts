import { InitTimeouts } from '../../src/execution/init-timeouts';
import { aFunctionVersion } from '../support/function-versions';

function counted() {
  const warnings: string[] = [];
  return { warnings, timeouts: new InitTimeouts((sentence) => void warnings.push(sentence)) };
}
const version = aFunctionVersion();

test('three calls in a row that end while the runtime starts are named once, with what to do', () => {
  const { warnings, timeouts } = counted();
  for (let call = 0; call < 5; call += 1) timeouts.timedOut(version);
  expect(warnings).toEqual([
    expect.stringMatching(
      /^\S+: 3 calls in a row timed out while its runtime was starting\..*Raise timeout or memorySize/,
    ),
  ]);
});

test('a call that reached the handler ends the row', () => {
  const { warnings, timeouts } = counted();
  for (let call = 0; call < 4; call += 1) {
    timeouts.timedOut(version);
    timeouts.timedOut(version);
    timeouts.delivered(version);
  }
  expect(warnings).toEqual([]);
});
