// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation fills these in.
import { functionUrlId } from '../../../../src/aws/function-url';
import { hello, sharedSamFolder } from './sam-folder';

const folder = sharedSamFolder();

const resources = `
  Bucket: { Type: AWS::S3::Bucket }
  Topic: { Type: AWS::SNS::Topic, Properties: { TopicName: news } }
  Jobs: { Type: AWS::SQS::Queue, Properties: { QueueName: jobs } }
  Ordered: { Type: AWS::SQS::Queue, Properties: { FifoQueue: true } }
  News: { Type: AWS::SNS::Topic, Properties: { FifoTopic: "true" } }
  Orders: { Type: AWS::DynamoDB::Table }
  Flow: { Type: AWS::Serverless::StateMachine, Properties: { Name: flow } }
  Role: { Type: AWS::IAM::Role }
  Stream: { Type: AWS::Kinesis::Stream, Properties: { Name: clicks } }
  Rule: { Type: AWS::Events::Rule }
  Group: { Type: AWS::Logs::LogGroup, Properties: { LogGroupName: /shop } }
  Secret: { Type: AWS::SecretsManager::Secret }
  Pool: { Type: AWS::Cognito::UserPool }
  Api: { Type: AWS::Serverless::HttpApi }
  Staged: { Type: AWS::Serverless::Api, Properties: { StageName: !Join ["-", [!Ref AWS::StackName, v1]] } }
  Odd: { Type: AWS::Odd::Thing }
  Live: { Type: AWS::Lambda::Alias, Properties: { FunctionName: !Ref Plain, FunctionVersion: !GetAtt Release.Version, Name: live } }
  Release: { Type: AWS::Lambda::Version, Properties: { FunctionName: !Ref Plain } }
  Address: { Type: AWS::Lambda::Url, Properties: { TargetFunctionArn: !GetAtt Plain.Arn, AuthType: NONE } }
  Plain:
    Type: AWS::Lambda::Function
    Properties: { FunctionName: plain, Runtime: python3.13, Handler: app.handler, Code: hello }
  Unpublished:
    Type: AWS::Serverless::Function
    Properties: { Runtime: python3.13, Handler: app.handler, CodeUri: hello }
`;

const value = (expression: string) =>
  folder
    .template(
      hello(
        `Environment: { Variables: { VALUE: ${expression} } }\nAutoPublishAlias: blue\nFunctionUrlConfig: { AuthType: NONE }`,
      ) + resources.slice(1),
    )
    .functions.find(({ name }) => name === 'Hello')?.environment.VALUE;

const arn = (service: string, resource: string) => `arn:aws:${service}:eu-west-1:123456789012:${resource}`;
const lambda = (name: string) => arn('lambda', `function:${name}`);
const url = (functionArn: string) =>
  `http://${functionUrlId(functionArn)}.lambda-url.eu-west-1.localhost:9000/`;

test.each([
  ['!Ref Ordered', 'https://sqs.eu-west-1.amazonaws.com/123456789012/Ordered.fifo'],
  ['!GetAtt News.TopicName', 'News.fifo'],
  ['!Ref Bucket', 'bucket'],
  ['!GetAtt Bucket.Arn', 'arn:aws:s3:::bucket'],
  ['!GetAtt Bucket.RegionalDomainName', 'bucket.s3.eu-west-1.amazonaws.com'],
  ['!Ref Topic', arn('sns', 'news')],
  ['!GetAtt Topic.TopicName', 'news'],
  ['!Ref Jobs', 'https://sqs.eu-west-1.amazonaws.com/123456789012/jobs'],
  ['!GetAtt Jobs.QueueName', 'jobs'],
  ['!Ref Orders', 'Orders'],
  ['!GetAtt Orders.Arn', arn('dynamodb', 'table/Orders')],
  ['!Ref Flow', arn('states', 'stateMachine:flow')],
  ['!GetAtt Flow.Name', 'flow'],
  ['!Ref Role', 'Role'],
  ['!GetAtt Role.Arn', 'arn:aws:iam::123456789012:role/Role'],
  ['!GetAtt Stream.Arn', arn('kinesis', 'stream/clicks')],
  ['!GetAtt Rule.Arn', arn('events', 'rule/Rule')],
  ['!GetAtt Group.Arn', arn('logs', 'log-group:/shop:*')],
  ['!Sub "${Topic}"', arn('sns', 'news')],
  ['!Sub "${Orders.Arn}/index/*"', arn('dynamodb', 'table/Orders/index/*')],
  ['!GetAtt Odd.Arn', arn('odd', 'Odd')],
  ['!GetAtt Odd.Whatever', 'Odd.Whatever'],
  ['!GetAtt Plain.Arn', lambda('plain')],
  ['!Ref Live', lambda('plain:live')],
  ['!Ref Release', lambda('plain:1')],
  ['!GetAtt Release.Version', '1'],
  ['!GetAtt Address.FunctionUrl', url(lambda('plain:live'))],
  ['!Ref Address', lambda('plain')],
  ['!Ref HelloAliasblue', lambda('Hello:blue')],
  ['!Ref Hello.Alias', lambda('Hello:blue')],
  ['!Ref Hello.Version', lambda('Hello:1')],
  ['!GetAtt HelloUrl.FunctionUrl', url(lambda('Hello:blue'))],
  ['!Ref Unpublished.Version', lambda('Unpublished:$LATEST')],
  ['!GetAtt UnpublishedRole.Arn', 'arn:aws:iam::123456789012:role/UnpublishedRole'],
])('%s is %s', (expression, expected) => {
  expect(value(expression)).toBe(expected);
});

test.each([
  ['!Ref Secret', /^arn:aws:secretsmanager:eu-west-1:123456789012:secret:Secret-[0-9a-f]{6}$/],
  ['!Ref Pool', /^eu-west-1_[0-9a-f]{9}$/],
  ['!Ref Staged.Stage', 'lambdock-v1'],
  ['!Sub "${ServerlessRestApi}/${ServerlessRestApi.Stage}"', 'ServerlessRestApi/Prod'],
  ['!Ref ServerlessHttpApi.Stage', '$default'],
  ['!GetAtt ServerlessRestApi.RootResourceId', 'ServerlessRestApi.RootResourceId'],
  ['!GetAtt Api.ApiEndpoint', /^https:\/\/[0-9a-f]{10}\.execute-api\.eu-west-1\.amazonaws\.com$/],
])('%s is like %s', (expression, expected) => {
  expect(value(expression)).toMatch(expected);
});

test('an alias and a URL that are resources of their own are given to their function', () => {
  const { functions } = folder.template(hello('') + resources.slice(1));
  expect(functions.find(({ name }) => name === 'plain')).toMatchObject({
    alias: 'live',
    url: { authType: 'NONE', invokeMode: 'BUFFERED' },
  });
});
