import { scaleTime } from 'd3-scale';
import type { InvocationTrace } from '../../../operator-api/contract';
import { duration, short, timeOfDay } from '../format';
import type { Lane } from '../recording';
import type { Store } from '../store';
import {
  axisHeight,
  colorNames,
  draw,
  gutterOf,
  invocationAt,
  laneHeight,
  type Palette,
  timeAt,
} from './draw';
import { type Gestured, Gestures } from './gestures';
import { endingAt, firstFrom, fitting, moved, type TimeRange, zoomed } from './viewport';

/** Interval at which a following window moves without new events. */
const followEveryMs = 1_000;

/** Largest distance of a click from an invocation, in pixels. */
const nearPixels = 4;

/** The initial span of a timeline. */
const firstSpanMs = 5 * 60_000;

export interface TimelineEvents {
  /** The window or the selection has changed. */
  readonly onChange: () => void;
  /** The user wants to see an invocation's waterfall. */
  readonly onOpen: (requestId: string) => void;
}

/** The canvas of the timeline. It stays in place in a box that scrolls. */
export class TimelineCanvas implements Gestured {
  isFollowing = true;
  selected: Lane | undefined;
  selectedInvocation: InvocationTrace | undefined;
  readonly #canvas = document.createElement('canvas');
  readonly #spacer = document.createElement('div');
  readonly #tip = document.createElement('div');
  readonly #closing = new AbortController();
  readonly #resized: ResizeObserver;
  #range: TimeRange;
  #functionName = '';
  #palette: Palette = {};
  #isScheduled = false;
  #announced: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly box: HTMLElement,
    private readonly store: Store,
    private readonly events: TimelineEvents,
  ) {
    const now = this.now;
    this.#range = endingAt({ from: now - firstSpanMs, to: now }, now);
    this.#canvas.tabIndex = 0;
    this.#canvas.setAttribute('role', 'application');
    this.#canvas.setAttribute('aria-label', 'Timeline of environments');
    this.#canvas.setAttribute('aria-describedby', 'timeline-keys');
    this.#tip.className = 'tip';
    this.#tip.hidden = true;
    this.box.append(this.#canvas, this.#spacer, this.#tip);
    const { signal } = this.#closing;
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', () => this.#readColors(), { signal });
    this.box.addEventListener('scroll', () => this.#schedule(), { signal, passive: true });
    new Gestures(this.#canvas, this.box, this, signal);
    this.#resized = new ResizeObserver(() => this.#schedule());
    this.#resized.observe(this.box);
    const unsubscribe = store.subscribe(() => this.#schedule());
    const timer = setInterval(() => this.isFollowing && this.#schedule(), followEveryMs);
    signal.addEventListener('abort', () => {
      unsubscribe();
      clearInterval(timer);
      clearTimeout(this.#announced);
    });
    this.#readColors();
  }

  close(): void {
    this.#closing.abort();
    this.#resized.disconnect();
    this.box.replaceChildren();
  }

  /** lambdock's current time. */
  get now(): number {
    return Date.now() + this.store.recording.clockOffsetMs;
  }

  get lanes(): readonly Lane[] {
    const lanes = this.store.recording.lanes();
    const name = this.#functionName;
    return name === '' ? lanes : lanes.filter(({ environment }) => environment.functionName === name);
  }

  filter(functionName: string): void {
    this.#functionName = functionName;
    this.#changed();
  }

  /** Invocations of all lanes that run within the window, in order of arrival. */
  invocationsShown(): readonly InvocationTrace[] {
    const { from, to } = this.#range;
    const found = this.lanes.flatMap(({ invocations }) => {
      const first = Math.max(0, firstFrom(invocations, from, ({ startedAt = 0 }) => startedAt) - 1);
      const end = firstFrom(invocations, to, ({ startedAt = 0 }) => startedAt);
      return invocations.slice(first, end).filter(({ endedAt = to }) => endedAt >= from);
    });
    return found.sort((a, b) => a.arrivedAt - b.arrivedAt);
  }

  showTime(at: number): void {
    if (!Number.isFinite(at)) return;
    this.#moveTo(fitting(at - 5_000, at + 5_000));
  }

  fit(): void {
    const lanes = this.lanes;
    const from = Math.min(this.now - 1_000, ...lanes.map((lane) => lane.from));
    this.#moveTo(fitting(from, this.now));
  }

  follow(): void {
    this.isFollowing = true;
    this.#changed();
  }

  zoom(factor: number, around = this.isFollowing ? this.now : (this.#range.from + this.#range.to) / 2): void {
    this.#range = zoomed(this.#range, factor, around);
    this.#changed();
  }

  zoomAt(factor: number, x: number): void {
    this.zoom(factor, timeAt(x, this.#range, this.#width));
  }

  /** Moves the window by a share of its span. */
  pan(share: number): void {
    this.#moveTo(moved(this.#range, (this.#range.to - this.#range.from) * share));
  }

  panPixels(pixels: number): void {
    this.pan(pixels / (this.#width - gutterOf(this.#width)));
  }

  selectLane(step: number): void {
    const lanes = this.lanes;
    const at = this.selected === undefined ? -1 : lanes.indexOf(this.selected);
    const next = Math.min(lanes.length - 1, Math.max(0, at + step));
    this.selected = lanes[next];
    this.selectedInvocation = undefined;
    const y = next * laneHeight;
    const shown = this.box.clientHeight - axisHeight;
    if (y < this.box.scrollTop) this.box.scrollTop = y;
    if (y + laneHeight > this.box.scrollTop + shown) this.box.scrollTop = y + laneHeight - shown;
    this.#changed();
  }

  selectInvocation(step: number): void {
    const { invocations = [] } = this.selected ?? {};
    const at = invocations.findIndex(({ requestId }) => requestId === this.selectedInvocation?.requestId);
    const from = at === -1 && step < 0 ? invocations.length : at;
    const next = invocations[Math.min(invocations.length - 1, Math.max(0, from + step))];
    if (next?.startedAt === undefined) return;
    this.selectedInvocation = next;
    const { from: start, to } = this.#range;
    if (next.startedAt < start || next.startedAt > to) {
      this.#moveTo(moved(this.#range, next.startedAt - (start + to) / 2));
    } else this.#changed();
  }

  openSelected(): void {
    if (this.selectedInvocation) this.events.onOpen(this.selectedInvocation.requestId);
  }

  /** A click on an invocation opens it; a click on a lane selects it. */
  click(x: number, y: number): void {
    const { lane, invocation } = this.#at(x, y);
    if (invocation) {
      this.events.onOpen(invocation.requestId);
      return;
    }
    this.selected = lane;
    this.selectedInvocation = undefined;
    this.#changed();
  }

  hover(x: number, y: number): void {
    const { lane, invocation } = this.#at(x, y);
    this.#tip.hidden = lane === undefined || x < gutterOf(this.#width);
    if (lane === undefined) return;
    const { environment } = lane;
    this.#tip.textContent =
      invocation === undefined
        ? `${environment.functionName} ${short(environment.id)}: ${environment.state}`
        : `${short(invocation.requestId)} ${invocation.status}, ${duration(invocation.durationMs)}, ` +
          timeOfDay(invocation.startedAt ?? 0);
    this.#tip.style.left = `${Math.min(x + 12, this.#width - 260)}px`;
    this.#tip.style.top = `${y + this.box.scrollTop + 16}px`;
  }

  unhover(): void {
    this.#tip.hidden = true;
  }

  get #width(): number {
    return this.box.clientWidth;
  }

  #at(x: number, y: number): { readonly lane?: Lane; readonly invocation?: InvocationTrace } {
    const lane = this.lanes[Math.floor((y - axisHeight + this.box.scrollTop) / laneHeight)];
    if (y < axisHeight || lane === undefined) return {};
    const near = ((this.#range.to - this.#range.from) / (this.#width - gutterOf(this.#width))) * nearPixels;
    const time = timeAt(x, this.#range, this.#width);
    const invocation = x < gutterOf(this.#width) ? undefined : invocationAt(lane, time, near, this.now);
    return invocation === undefined ? { lane } : { lane, invocation };
  }

  #moveTo(range: TimeRange): void {
    this.isFollowing = false;
    this.#range = range;
    this.#changed();
  }

  #changed(): void {
    this.#schedule();
    // The list below need not change sixty times a second. It changes at once, and again after the last change.
    if (this.#announced === undefined) this.events.onChange();
    clearTimeout(this.#announced);
    this.#announced = setTimeout(() => {
      this.#announced = undefined;
      this.events.onChange();
    }, 150);
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    requestAnimationFrame(() => {
      this.#isScheduled = false;
      if (!this.#closing.signal.aborted) this.#draw();
    });
  }

  #draw(): void {
    if (this.isFollowing) this.#range = endingAt(this.#range, this.now);
    const { lanes } = this;
    const [width, height] = [this.#width, this.box.clientHeight];
    const ratio = devicePixelRatio;
    if (
      this.#canvas.width !== Math.round(width * ratio) ||
      this.#canvas.height !== Math.round(height * ratio)
    ) {
      this.#canvas.width = Math.round(width * ratio);
      this.#canvas.height = Math.round(height * ratio);
      this.#canvas.style.width = `${width}px`;
      this.#canvas.style.height = `${height}px`;
    }
    this.#spacer.style.height = `${Math.max(0, lanes.length * laneHeight + axisHeight - height)}px`;
    const context = this.#canvas.getContext('2d', { alpha: false });
    if (context === null || width <= gutterOf(width)) return;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const scale = scaleTime([this.#range.from, this.#range.to], [0, 1]);
    const drawn = draw(context, {
      lanes,
      range: this.#range,
      ticks: labelled(
        scale.ticks(Math.max(2, (width - gutterOf(width)) / 110)).map((each) => each.getTime()),
      ),
      top: this.box.scrollTop,
      width,
      height,
      now: this.now,
      palette: this.#palette,
      ...(this.selected && { selectedLane: lanes.indexOf(this.selected) }),
      ...(this.selectedInvocation && { selectedRequestId: this.selectedInvocation.requestId }),
    });
    const { from, to } = this.#range;
    const seen = { lanes: drawn, top: this.box.scrollTop, from, to };
    // Tests read what the canvas shows from these attributes.
    for (const [name, value] of Object.entries(seen)) this.#canvas.dataset[name] = String(Math.round(value));
  }

  #readColors(): void {
    const style = getComputedStyle(this.box);
    this.#palette = Object.fromEntries(
      colorNames.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]),
    );
    this.#changed();
  }
}

/** Formats times with only as many parts as distinguish them. */
function labelled(ticks: readonly number[]): { readonly at: number; readonly label: string }[] {
  const stepMs = (ticks[1] ?? 0) - (ticks[0] ?? 0);
  const length = stepMs < 1_000 ? 12 : stepMs < 60_000 ? 8 : 5;
  return ticks.map((at) => ({ at, label: timeOfDay(at).slice(0, length) }));
}
