import { sharedSamFolder } from './sam-folder';

const folder = sharedSamFolder();

test('reads logging of a function and of Globals, and a log group that is a resource', () => {
  const text = `
Globals: { Function: { Runtime: python3.13, Handler: app.handler, CodeUri: hello, LoggingConfig: { LogFormat: JSON, SystemLogLevel: WARN } } }
Resources:
  Group: { Type: AWS::Logs::LogGroup, Properties: { LogGroupName: /my/group } }
  Unnamed: { Type: AWS::Logs::LogGroup }
  One: { Type: AWS::Serverless::Function, Properties: { LoggingConfig: { ApplicationLogLevel: DEBUG, LogGroup: !Ref Group } } }
  Two: { Type: AWS::Serverless::Function, Properties: { LoggingConfig: { LogFormat: Text, LogGroup: !Ref Unnamed } } }
`;
  const { functions, warnings } = folder.template(text);
  expect(warnings).toEqual([]);
  expect(functions.map(({ logging }) => logging)).toEqual([
    { LogFormat: 'JSON', SystemLogLevel: 'WARN', ApplicationLogLevel: 'DEBUG', LogGroup: '/my/group' },
    { LogFormat: 'Text', SystemLogLevel: 'WARN', LogGroup: expect.stringContaining('Unnamed') },
  ]);
});
