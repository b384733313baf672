// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is CloudFormation that fills these in.
import { SamFolder } from '../sam-folder';

let folder: SamFolder;

beforeAll(async () => {
  folder = await SamFolder.make();
});

afterAll(() => folder[Symbol.asyncDispose]());

const looped = `
Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
Parameters:
  Names: { Type: CommaDelimitedList, Default: "Orders,Stock" }
Mappings:
  Sizes: { Orders: { Memory: 256 }, Stock: { Memory: 512 } }
Conditions:
  "Fn::ForEach::Wanted":
    - Name
    - !Ref Names
    - "Has\${Name}": !Equals [!Ref Name, Orders]
Resources:
  "Fn::ForEach::Functions":
    - Name
    - !Ref Names
    - "\${Name}Function":
        Type: AWS::Serverless::Function
        Properties:
          Runtime: python3.13
          Handler: app.handler
          CodeUri: hello
          FunctionName: !Sub "shop-\${Name}"
          MemorySize: !FindInMap [Sizes, !Ref Name, Memory]
          Environment:
            Variables:
              NAME: !Ref Name
              FIRST: !GetAtt OrdersFunction.Arn
              OWN: !If ["Has\${Name}", mine, other]
              TOPIC: !Ref Topic\${Name}A1
              "Fn::ForEach::Variables":
                - Key
                - [plain, a.b]
                - "KEY_&{Key}": !Sub "\${Key}"
  "Fn::ForEach::Letters":
    - Letter
    - [A, B]
    - "Fn::ForEach::Numbers":
        - Number
        - ["1", "2"]
        - "TopicOrders\${Letter}\${Number}": { Type: AWS::SNS::Topic }
          "TopicStock\${Letter}\${Number}": { Type: AWS::SNS::Topic }
`;

test('Fn::ForEach makes resources, conditions and properties, also within another', () => {
  const { functions } = folder.template(looped);
  const arn = 'arn:aws:lambda:eu-west-1:123456789012:function:shop-Orders';
  const topic = (name: string) => `arn:aws:sns:eu-west-1:123456789012:Topic${name}A1`;
  expect(functions.map(({ name, memoryMiB, environment }) => ({ name, memoryMiB, environment }))).toEqual([
    {
      name: 'shop-Orders',
      memoryMiB: 256,
      environment: {
        NAME: 'Orders',
        FIRST: arn,
        OWN: 'mine',
        TOPIC: topic('Orders'),
        KEY_plain: 'plain',
        KEY_ab: 'a.b',
      },
    },
    {
      name: 'shop-Stock',
      memoryMiB: 512,
      environment: {
        NAME: 'Stock',
        FIRST: arn,
        OWN: 'other',
        TOPIC: topic('Stock'),
        KEY_plain: 'plain',
        KEY_ab: 'a.b',
      },
    },
  ]);
});

test('problems within a loop name the resource that it makes', () => {
  const text = looped.replace('Memory: 512', 'Memory: 5');
  expect(folder.problems(text)).toEqual([
    '23:11: Resources.StockFunction.Properties.MemorySize must be between 128 and 10240 MB, got 5',
  ]);
});

test.each([
  ['[Name, [a]]', 'is a list. It takes a list of an identifier, a collection and a mapping'],
  ['[Name, text, { "A${Name}": {} }]', 'is text. The collection of a loop must be a list'],
])('a loop such as %s is refused', (loop, problem) => {
  expect(folder.problems(`Resources:\n  "Fn::ForEach::X": ${loop}\n`).join('\n')).toContain(problem);
});
