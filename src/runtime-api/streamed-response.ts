import { limits } from '../aws/limits';
import { type Fault, streamTooLargeFault } from '../execution/lifecycle/outcome';
import type { ResponseSink } from '../execution/response-sink';
import type { BodyReader } from './exchange';

/** Passes a response on as it comes, up to Lambda's limit. */
export class StreamedResponse implements BodyReader {
  #bytes = 0;
  #fault: Fault | undefined;

  constructor(
    private readonly sink: ResponseSink,
    contentType: string,
    /** Called once, with what is wrong with the response itself. */
    private readonly done: (isWhole: boolean, fault: Fault | undefined) => void,
  ) {
    sink.begin(contentType);
  }

  chunk(bytes: Buffer, resume: () => void): boolean {
    this.#bytes += bytes.length;
    // The rest is read and dropped, so that the runtime gets to its answer.
    if (this.#bytes > limits.streamedBytes) this.#fault ??= streamTooLargeFault(limits.streamedBytes);
    if (this.#fault !== undefined || this.sink.write(bytes)) return true;
    this.sink.onDrain(resume);
    return false;
  }

  end(isWhole: boolean): void {
    this.done(isWhole, this.#fault);
  }
}
