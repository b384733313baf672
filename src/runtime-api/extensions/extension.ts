import { randomUUID } from 'node:crypto';
import type { Exchange } from '../exchange';
import { jsonAnswer } from '../runtime-errors';
import type { ExtensionState } from './extension-errors';
import type { ExtensionEvent } from './registration';

/** One registered extension: its state, and its open request for the next event. */
export class Extension {
  readonly id = randomUUID();
  state: ExtensionState = 'Registered';
  errorType: string | undefined;
  #poll: Exchange | undefined;
  /** An event that came while it was still at work on the one before. */
  #pending: object | undefined;

  constructor(
    readonly name: string,
    readonly isExternal: boolean,
    readonly events: readonly ExtensionEvent[],
  ) {}

  get participant(): string {
    return `${this.isExternal ? 'extension' : 'internal'}/${this.name}`;
  }

  subscribes(event: ExtensionEvent): boolean {
    return this.events.includes(event);
  }

  /** Takes its request for the next event. */
  park(exchange: Exchange): void {
    this.state = 'Ready';
    this.#poll = exchange;
    if (this.#pending !== undefined) this.send(this.#pending);
  }

  /** Sends an event as the response to its request, now or when that comes. */
  send(event: object): void {
    const poll = this.#poll;
    this.#poll = undefined;
    if (poll === undefined || poll.gone) {
      this.#pending = event;
      return;
    }
    this.#pending = undefined;
    this.state = 'Running';
    poll.answer(jsonAnswer(200, event, { 'Lambda-Extension-Event-Identifier': randomUUID() }));
  }
}
