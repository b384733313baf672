import { architectureCheck } from '../../../src/functions/build/architecture-check';

test('warns of the first function for another architecture, and accepts all', () => {
  const said: string[] = [];
  const check = architectureCheck('x86_64', false, (sentence) => said.push(sentence));
  expect(['same', 'arm', 'other'].map((name) => check(name, name === 'same' ? 'x86_64' : 'arm64'))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(said).toEqual([
    expect.stringMatching(
      /^warning: arm asks for arm64, but the engine runs x86_64\. Such functions run on x86_64/,
    ),
  ]);
});

test('refuses them if it is strict', () => {
  const said: string[] = [];
  const check = architectureCheck('x86_64', true, (sentence) => said.push(sentence));
  expect(check('same', 'x86_64')).toBeUndefined();
  expect(check('arm', 'arm64')).toMatch(/^The function asks for arm64, but the engine runs x86_64\./);
  expect(said).toEqual([]);
});
