import { WaitingMessages } from './waiting-messages';
import { WebSocketClient } from './web-socket';

/** A client of Node.js's inspector: https://chromedevtools.github.io/devtools-protocol/v8/ */
export class NodeDebugger implements Disposable {
  #id = 0;

  private constructor(
    private readonly socket: WebSocketClient,
    private readonly messages: WaitingMessages,
  ) {}

  static async connect(port: number): Promise<NodeDebugger> {
    const answer = await fetch(`http://127.0.0.1:${port}/json/list`);
    const [{ webSocketDebuggerUrl }] = (await answer.json()) as [{ webSocketDebuggerUrl: string }];
    const messages = new WaitingMessages();
    const socket = await WebSocketClient.open(webSocketDebuggerUrl, (text) =>
      messages.push(JSON.parse(text)),
    );
    return new NodeDebugger(socket, messages);
  }

  /** Resolves to the result of a method. */
  async call<T>(method: string, params: object = {}): Promise<T> {
    this.#id += 1;
    const id = this.#id;
    this.socket.send(JSON.stringify({ id, method, params }));
    const { result, error } = await this.messages.take<{ result: T; error?: { message: string } }>(
      (message) => message.id === id,
    );
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  async event<T>(method: string): Promise<T> {
    return (await this.messages.take<{ params: T }>((message) => message.method === method)).params;
  }

  [Symbol.dispose](): void {
    this.socket.close();
  }
}
