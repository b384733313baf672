import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RunningApp } from '../../support/app/running-app';
import { TemporaryFolder } from '../../support/lib/temporary-folder';

jest.setTimeout(300_000);

/** Each answers to a server of its own, and returns what that has received. */
const template = `
Transform: AWS::Serverless-2016-10-31
Globals: { Function: { Handler: index.handler, Timeout: 30, MemorySize: 512 } }
Resources:
  Python:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      InlineCode: |
        import cfnresponse
        import http.server
        import json
        import threading

        received = []

        class Receiver(http.server.BaseHTTPRequestHandler):
            def do_PUT(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                received.append([self.path, self.headers["content-type"], json.loads(body)])
                self.send_response(200)
                self.end_headers()

            def log_message(self, *arguments):
                pass

        def handler(event, context):
            server = http.server.HTTPServer(("127.0.0.1", 0), Receiver)
            threading.Thread(target=server.handle_request).start()
            event["ResponseURL"] = "http://127.0.0.1:%d/answer?key=1" % server.server_address[1]
            cfnresponse.send(event, context, cfnresponse.SUCCESS, {"Answer": "é"}, "mine", True, "why not")
            return [*received[-1], context.log_stream_name]
  Promised:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: nodejs24.x
      Handler: index.handler
      Timeout: 30
      MemorySize: 512
      Code:
        ZipFile: |
          const response = require('cfn-response');
          const http = require('http');
          let received;
          exports.handler = async (event, context) => {
            const server = http.createServer((request, answer) => {
              let text = '';
              request.on('data', (bytes) => (text += bytes));
              request.on('end', () => {
                received = [request.url, request.headers['content-type'], JSON.parse(text)];
                answer.end();
              });
            });
            await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
            event.ResponseURL = 'http://127.0.0.1:' + server.address().port + '/answer?key=1';
            await response.send(event, context, response.FAILED, { Answer: 'é' });
            server.close();
            return [...received, context.logStreamName];
          };
  Called:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: nodejs22.x
      Handler: index.handler
      Timeout: 30
      MemorySize: 512
      Code:
        ZipFile: |
          var response = require("cfn-response");
          exports.handler = function (event, context) {
            if (event.RequestType === 'Delete') return response.send(event, context, response.SUCCESS);
            throw new Error('unforeseen');
          };
`;

let app: RunningApp;
let folder: TemporaryFolder;

beforeAll(async () => {
  folder = await TemporaryFolder.make();
  const file = join(folder.path, 'template.yaml');
  await writeFile(file, template);
  app = await RunningApp.start({ functions: {}, flags: { template: file, spares: '0', watch: 'false' } });
});

afterAll(async () => {
  await app?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

const request = {
  StackId: 'stack',
  RequestId: 'request',
  LogicalResourceId: 'resource',
  RequestType: 'Create',
};
const ids = { StackId: 'stack', RequestId: 'request', LogicalResourceId: 'resource' };

test('code in a template answers custom resources by cfnresponse in Python', async () => {
  expect((await app.invoke('Python', request)).payload).toEqual([
    '/answer?key=1',
    '',
    {
      Status: 'SUCCESS',
      Reason: 'why not',
      PhysicalResourceId: 'mine',
      ...ids,
      NoEcho: true,
      Data: { Answer: 'é' },
    },
    expect.any(String),
  ]);
});

test('code in a template answers custom resources by cfn-response in Node.js, with the log stream as its id', async () => {
  const { payload } = await app.invoke('Promised', request);
  const stream = (payload as unknown[])[3];
  expect(payload).toEqual([
    '/answer?key=1',
    '',
    {
      Status: 'FAILED',
      Reason: `See the details in CloudWatch Log Stream: ${stream}`,
      PhysicalResourceId: stream,
      ...ids,
      NoEcho: false,
      Data: { Answer: 'é' },
    },
    expect.any(String),
  ]);
});

test('send() ends the invocation of a handler with callbacks, even where its address does not answer', async () => {
  const event = { ...request, RequestType: 'Delete', ResponseURL: 'https://127.0.0.1:9/' };
  const { payload, functionError } = await app.invoke('Called', event);
  expect({ payload, functionError }).toEqual({ payload: null, functionError: undefined });
});
