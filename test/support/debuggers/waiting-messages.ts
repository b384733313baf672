type Message = Readonly<Record<string, unknown>>;

/** Messages of a debugger, kept until they are asked for. */
export class WaitingMessages {
  readonly #messages: Message[] = [];
  readonly #waiting: {
    readonly isMeant: (message: Message) => boolean;
    readonly resolve: (message: Message) => void;
  }[] = [];

  push(message: Message): void {
    const index = this.#waiting.findIndex(({ isMeant }) => isMeant(message));
    if (index >= 0) this.#waiting.splice(index, 1)[0]?.resolve(message);
    else this.#messages.push(message);
  }

  take<T>(isMeant: (message: Message) => boolean): Promise<T> {
    const index = this.#messages.findIndex(isMeant);
    if (index >= 0) return Promise.resolve(this.#messages.splice(index, 1)[0] as T);
    return new Promise((resolve) =>
      this.#waiting.push({ isMeant, resolve: resolve as (message: Message) => void }),
    );
  }
}
