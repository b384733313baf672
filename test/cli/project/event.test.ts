import { runCommand } from '../../support/app/command';

const event = async (...words: readonly string[]) => {
  const { code, stdout, stderr } = await runCommand(['event', ...words]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
};

test('event without a word lists every sample with its options', async () => {
  const { code, stdout } = await runCommand(['event']);
  expect(code).toBe(0);
  for (const name of [
    's3',
    'sqs',
    'sns',
    'apigateway',
    'apigateway-v2',
    'dynamodb',
    'eventbridge',
    'kinesis',
  ]) {
    expect(stdout).toMatch(new RegExp(`^${name} +\\S`, 'm'));
  }
  expect(stdout).toMatch(/^s3 .*--bucket --key/m);
});

test('options fill in the event, and the region and account are those of the settings', async () => {
  const { Records } = await event('s3', '--bucket', 'photos', '--key', 'a b.jpg', '--region', 'eu-west-1');
  expect(Records[0]).toMatchObject({
    awsRegion: 'eu-west-1',
    s3: { bucket: { name: 'photos', arn: 'arn:aws:s3:::photos' }, object: { key: 'a+b.jpg' } },
  });
  const sent = await event('sqs', '--body', 'hello', '--count', '2', '--account-id', '123456789012');
  expect(sent.Records).toHaveLength(2);
  expect(sent.Records[1]).toMatchObject({
    body: 'hello',
    eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:example-queue',
  });
});

test('compact prints one line', async () => {
  const { stdout } = await runCommand(['event', 'sns', '--compact']);
  expect(stdout.trimEnd()).not.toContain('\n');
});

test('an unknown event, option or detail is refused with what is allowed', async () => {
  expect(await runCommand(['event', 'carrier-pigeon'])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /^lambdock: No sample event carrier-pigeon\. Pass one of alb, apigateway, /,
    ),
  });
  expect((await runCommand(['event', 's3', '--table', 'x'])).stderr).toContain("unknown option '--table'");
  const refused = async (...words: readonly string[]) => (await runCommand(['event', ...words])).stderr;
  expect(await refused('eventbridge', '--detail', '[')).toContain(
    'Cannot make the eventbridge event: --detail must be a JSON object such as \'{"id":1}\', got [. Try:',
  );
  expect(await refused('sqs', '--count', '0')).toContain('--count must be a whole number, 1 to 10000, got 0');
  expect(await refused('dynamodb', '--event', 'DROP')).toContain(
    'must be INSERT or MODIFY or REMOVE, got DROP',
  );
});
