// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation fills these in.
import { hello, sharedSamFolder } from '../sam-folder';

const folder = sharedSamFolder();

const sections = `
Parameters:
  Stage: { Type: String, Default: dev }
  Size: { Type: Number, Default: 1.10 }
  Names: { Type: CommaDelimitedList, Default: "a, b,c" }
  Secret: { Type: "AWS::SSM::Parameter::Value<String>", Default: /shop/secret }
Mappings:
  Regions:
    eu-west-1: { bucket: eu-bucket, zones: [x, y] }
    us-east-1: { bucket: us-bucket }
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsDev: !Not [!Condition IsProd]
  Both: !And [!Condition IsProd, !Condition IsDev]
  Either: !Or [!Condition IsProd, { Condition: IsDev }]
`;

const resources = `
  Table: { Type: AWS::DynamoDB::Table, Properties: { TableName: orders } }
  Queue: { Type: AWS::SQS::Queue }
  Layer: { Type: AWS::Serverless::LayerVersion, Properties: { ContentUri: libs } }
  Other:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: other-one, Runtime: python3.13, Handler: a.b, CodeUri: hello }
`;

/** What an expression gives as the value of a variable; undefined where it gives none. */
function given(expression: string, parameters?: Readonly<Record<string, string>>): string | undefined {
  const text = hello(`Environment: { Variables: { VALUE: ${expression} } }`, sections) + resources;
  const [first] = folder.template(text, parameters).functions;
  return first?.environment.VALUE;
}

test.each([
  ['!Ref Stage', 'dev'],
  ['{ Ref: Stage }', 'dev'],
  ['!Ref Size', '1.1'],
  ['!Ref AWS::Region', 'eu-west-1'],
  ['!Ref AWS::AccountId', '123456789012'],
  ['!Ref AWS::StackName', 'lambdock'],
  ['!Ref AWS::Partition', 'aws'],
  ['!Ref AWS::URLSuffix', 'amazonaws.com'],
  ['!Ref Other', 'other-one'],
  ['!Ref Table', 'orders'],
  ['!Ref Queue', 'https://sqs.eu-west-1.amazonaws.com/123456789012/Queue'],
  ['!GetAtt Queue.Arn', 'arn:aws:sqs:eu-west-1:123456789012:Queue'],
  ['!Ref Layer', 'arn:aws:lambda:eu-west-1:123456789012:layer:Layer:1'],
  ['!Ref ServerlessRestApi', 'ServerlessRestApi'],
  ['!GetAtt Other.Arn', 'arn:aws:lambda:eu-west-1:123456789012:function:other-one'],
  ['{ "Fn::GetAtt": [Other, Arn] }', 'arn:aws:lambda:eu-west-1:123456789012:function:other-one'],
  ['!GetAtt Queue.Arn', 'arn:aws:sqs:eu-west-1:123456789012:Queue'],
  [
    '!GetAtt Table.StreamArn',
    'arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2024-01-01T00:00:00.000',
  ],
  ['!GetAtt HelloRole.Arn', 'arn:aws:iam::123456789012:role/HelloRole'],
  [
    '!Sub "${Stage}-${Other.Arn}-${!Stay}"',
    'dev-arn:aws:lambda:eu-west-1:123456789012:function:other-one-${Stay}',
  ],
  ['!Sub ["${Stage}/${Own}", { Own: !Join ["+", [!Ref Stage, x]] }]', 'dev/dev+x'],
  ['!Join ["-", [a, !Ref Stage, "${c}"]]', 'a-dev-${c}'],
  ['!Join ["-", !Ref Names]', 'a-b-c'],
  ['!Select [1, !Ref Names]', 'b'],
  ['!Select ["2", !Split ["/", "x/y/z"]]', 'z'],
  ['!FindInMap [Regions, !Ref "AWS::Region", bucket]', 'eu-bucket'],
  ['!Select [1, !FindInMap [Regions, eu-west-1, zones]]', 'y'],
  ['{ "Fn::FindInMap": [Regions, nowhere, bucket, { DefaultValue: none }] }', 'none'],
  ['!If [IsProd, large, small]', 'small'],
  ['!If [IsDev, !If [Both, both, one], none]', 'one'],
  ['!If [Either, either, neither]', 'either'],
  ['!If [IsProd, x, !Ref AWS::NoValue]', undefined],
  ['!Base64 hello', 'aGVsbG8='],
  ['{ "Fn::Length": !Ref Names }', '3'],
  ['{ "Fn::ToJsonString": { a: [!Ref Stage] } }', '{"a":["dev"]}'],
  ['!Select [0, !GetAZs ""]', 'eu-west-1a'],
  ['0755', '493'],
  ['"0755"', '0755'],
  ['""', ''],
  ['"{{resolve:ssm:/shop/name}}"', '{{resolve:ssm:/shop/name}}'],
])('%s is %s', (expression, expected) => {
  expect(given(expression)).toBe(expected);
});

test('a given value wins over the default of a parameter', () => {
  expect(given('!If [IsProd, large, small]', { Stage: 'prod' })).toBe('large');
  expect(given('!Join ["+", !Ref Names]', { Names: 'x,y' })).toBe('x+y');
  expect(given('!Ref Secret', { Secret: 'hush' })).toBe('hush');
});

test('anchors and merge keys are YAML`s own', () => {
  const anchors = 'x-common: &common { STAGE: !Ref Stage, LEVEL: info }';
  const text = hello('Environment: { Variables: { <<: *common, LEVEL: debug } }', sections + anchors);
  expect(folder.only(text).environment).toEqual({ LEVEL: 'debug', STAGE: 'dev' });
});
