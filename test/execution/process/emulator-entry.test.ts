import { withoutEmulator } from '../../../src/execution/process/emulator-entry';

test.each([
  [['/usr/local/bin/aws-lambda-rie', '/usr/bin/python3', '-m', 'awslambdaric', 'app.handler']],
  [
    [
      '/aws-lambda/aws-lambda-rie',
      '--log-level',
      'debug',
      '/usr/bin/python3',
      '-m',
      'awslambdaric',
      'app.handler',
    ],
  ],
  [['aws-lambda-rie-arm64', '--init-caching', '/usr/bin/python3', '-m', 'awslambdaric', 'app.handler']],
])('leaves the emulator and its options out of %j', (command) => {
  expect(withoutEmulator(command)).toEqual(['/usr/bin/python3', '-m', 'awslambdaric', 'app.handler']);
});

test.each([
  ['/usr/local/bin/aws-lambda-rie /main handler', 'exec /main handler'],
  ['exec aws-lambda-rie /main', 'exec /main'],
])('leaves the emulator out of the shell command %j', (script, left) => {
  expect(withoutEmulator(['/bin/sh', '-c', script, 'more'])).toEqual(['/bin/sh', '-c', left, 'more']);
});

test.each([
  [['/lambda-entrypoint.sh', 'app.handler']],
  [['/bin/sh', '-c', 'echo aws-lambda-rie']],
  [['/bin/sh', '/usr/local/bin/aws-lambda-rie']],
  [['/usr/local/bin/aws-lambda-rie']],
  [['/usr/bin/aws-lambda-ric', 'app.handler']],
  [[]],
])('leaves %j as it is', (command) => {
  expect(withoutEmulator(command)).toBe(command);
});
