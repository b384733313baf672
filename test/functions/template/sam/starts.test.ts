import { sharedSamFolder } from './sam-folder';

const folder = sharedSamFolder();

const template = (metadata: string) => `
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Metadata: ${metadata}
    Properties: { Runtime: python3.13, Handler: app.handler, CodeUri: hello }
`;

test('reads starts from the metadata of a function', () => {
  const { starts } = folder.only(
    template('{ lambdock: { starts: { spares: 2, idleTimeout: 60, coldDelay: 150 } } }'),
  );
  expect(starts).toEqual({
    spares: 2,
    idleTimeoutMs: 60_000,
    coldDelay: { distribution: { kind: 'constant', ms: 150 }, source: 'coldDelay in template.yaml' },
  });
});

test('reads presets and distributions, as in lambdock.yaml', () => {
  expect(folder.only(template('{ lambdock: { starts: { coldDelay: microvm } } }')).starts?.coldDelay).toEqual(
    expect.objectContaining({ distribution: { kind: 'constant', ms: 125 } }),
  );
  const uniform = '{ lambdock: { starts: { coldDelay: { uniform: { min: 1, max: 2 } } } } }';
  expect(folder.only(template(uniform)).starts?.coldDelay?.distribution).toEqual({
    kind: 'uniform',
    minMs: 1,
    maxMs: 2,
  });
});

test('leaves other metadata alone', () => {
  expect(folder.only(template('{ SamResourceId: Hello }')).starts).toBeUndefined();
});

test('refuses names and values that it does not know, with their place', () => {
  expect(folder.problems(template('{ lambdock: { start: { spares: 1 } } }'))).toEqual([
    expect.stringMatching(/^5:\d+: .*is not known in Metadata of lambdock\. Did you mean starts\?$/),
  ]);
  expect(folder.problems(template('{ lambdock: { starts: { idleTimeout: 0 } } }'))).toEqual([
    expect.stringMatching(/^5:\d+: .*must be .*between 1 and 86400.*got 0$/),
  ]);
});
