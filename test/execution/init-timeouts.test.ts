import { InitTimeouts } from '../../src/execution/init-timeouts';
import { aFunctionVersion } from '../support/functions/function-versions';

function counted() {
  const warnings: string[] = [];
  return { warnings, timeouts: new InitTimeouts((sentence) => void warnings.push(sentence)) };
}
const version = aFunctionVersion();

test('warns once of three calls in a row that time out in init, with what to do', () => {
  const { warnings, timeouts } = counted();
  for (let call = 0; call < 5; call += 1) timeouts.timedOut(version);
  expect(warnings).toEqual([
    expect.stringMatching(
      /^\S+: 3 calls in a row timed out while its runtime was starting\..*Raise timeout or memorySize/,
    ),
  ]);
});

test('a call that reaches the handler resets the count', () => {
  const { warnings, timeouts } = counted();
  for (let call = 0; call < 4; call += 1) {
    timeouts.timedOut(version);
    timeouts.timedOut(version);
    timeouts.delivered(version);
  }
  expect(warnings).toEqual([]);
});
