/** A pointer that moves less than this, in pixels, is a click. */
const clickPixels = 4;

const panShare = 0.1;

/** Actions of gestures. Positions in pixels of the canvas. */
export interface Gestured {
  pan(share: number): void;
  panPixels(pixels: number): void;
  zoom(factor: number): void;
  zoomAt(factor: number, x: number): void;
  fit(): void;
  follow(): void;
  selectLane(step: number): void;
  selectInvocation(step: number): void;
  openSelected(): void;
  click(x: number, y: number): void;
  hover(x: number, y: number): void;
  unhover(): void;
}

/** Handles mouse, touch and keys on the timeline. */
export class Gestures {
  #down: { x: number; y: number; isMoved: boolean } | undefined;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly box: HTMLElement,
    private readonly timeline: Gestured,
    signal: AbortSignal,
  ) {
    canvas.addEventListener('keydown', (event) => this.#key(event), { signal });
    // Keeps the browser from zooming the page. The browser still handles vertical scrolling.
    box.addEventListener('wheel', (event) => this.#wheel(event), { signal, passive: false });
    canvas.addEventListener('pointerdown', (event) => this.#press(event), { signal });
    canvas.addEventListener('pointermove', (event) => this.#move(event), { signal });
    canvas.addEventListener('pointerup', (event) => this.#release(event), { signal });
    canvas.addEventListener('pointercancel', () => this.#forget(), { signal });
    canvas.addEventListener('pointerleave', () => this.timeline.unhover(), { signal });
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = this.#actions[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  }

  readonly #actions: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => this.timeline.pan(-panShare),
    ArrowRight: () => this.timeline.pan(panShare),
    ArrowUp: () => this.timeline.selectLane(-1),
    ArrowDown: () => this.timeline.selectLane(1),
    PageUp: () => this.timeline.selectLane(-10),
    PageDown: () => this.timeline.selectLane(10),
    n: () => this.timeline.selectInvocation(1),
    p: () => this.timeline.selectInvocation(-1),
    Enter: () => this.timeline.openSelected(),
    '+': () => this.timeline.zoom(0.5),
    '=': () => this.timeline.zoom(0.5),
    '-': () => this.timeline.zoom(2),
    Home: () => this.timeline.fit(),
    End: () => this.timeline.follow(),
  };

  #wheel(event: WheelEvent): void {
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      this.timeline.zoomAt(1.002 ** event.deltaY, this.#xOf(event));
    } else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      event.preventDefault();
      this.timeline.panPixels(event.deltaX);
    }
  }

  #press(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.#down = { x: event.clientX, y: event.clientY, isMoved: false };
  }

  #move(event: PointerEvent): void {
    const down = this.#down;
    if (down === undefined) {
      this.timeline.hover(this.#xOf(event), this.#yOf(event));
      return;
    }
    const [dx, dy] = [event.clientX - down.x, event.clientY - down.y];
    if (!down.isMoved && Math.hypot(dx, dy) < clickPixels) return;
    this.timeline.unhover();
    this.timeline.panPixels(-dx);
    this.box.scrollTop -= dy;
    this.#down = { x: event.clientX, y: event.clientY, isMoved: true };
  }

  #release(event: PointerEvent): void {
    const down = this.#down;
    this.#forget();
    if (down && !down.isMoved) this.timeline.click(this.#xOf(event), this.#yOf(event));
  }

  #forget(): void {
    this.#down = undefined;
  }

  #xOf({ clientX }: MouseEvent): number {
    return clientX - this.canvas.getBoundingClientRect().left;
  }

  #yOf({ clientY }: MouseEvent): number {
    return clientY - this.canvas.getBoundingClientRect().top;
  }
}
