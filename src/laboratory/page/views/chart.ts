import { h } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { timeOfDay } from '../format';

const height = 220;

interface ChartProps {
  readonly title: string;
  readonly data: uPlot.AlignedData;
  /** Scales, axes and series, with the page's colours. */
  readonly optionsOf: (color: (name: string) => string) => Omit<uPlot.Options, 'width' | 'height'>;
}

/** A plot. Screen readers skip it, so its data must also be in a table. */
export function Chart({ title, data, optionsOf }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const style = getComputedStyle(element);
    const color = (name: string) => style.getPropertyValue(`--${name}`).trim();
    const size = { width: Math.max(300, element.clientWidth), height };
    const drawn = new uPlot({ ...optionsOf(color), ...size }, data, element);
    plot.current = drawn;
    const resized = new ResizeObserver(() => drawn.setSize({ width: element.clientWidth, height }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      drawn.destroy();
    };
  }, []);
  useEffect(() => plot.current?.setData(data));
  return h(
    'section',
    { 'aria-label': title },
    h('h2', null, title),
    h('div', { ref: place, class: 'chart', 'aria-hidden': 'true' }),
  );
}

function axisIn(color: (name: string) => string): uPlot.Axis {
  const line = { stroke: color('line'), width: 1 };
  return { stroke: color('text'), grid: line, ticks: line };
}

/** An axis with times of day. */
export function timeAxis(color: (name: string) => string): uPlot.Axis {
  const values: uPlot.Axis.DynamicValues = (_plot, splits) =>
    splits.map((seconds) => timeOfDay(seconds * 1_000).slice(0, 8));
  return { ...axisIn(color), values, space: 90 };
}

/** An axis with a unit. */
export function unitAxis(color: (name: string) => string, unit: string, more: uPlot.Axis = {}): uPlot.Axis {
  return {
    ...axisIn(color),
    size: 80,
    values: (_plot, values) => values.map((each) => (each === null ? '' : `${each} ${unit}`)),
    ...more,
  };
}

/** A series of points without lines. */
export function pointsOf(label: string, color: string): uPlot.Series {
  return {
    label,
    stroke: color,
    paths: () => null,
    points: { show: true, size: 6, fill: color },
    value: (_plot, value) => (value === null ? '–' : `${value.toFixed(2)} ms`),
  };
}

export function lineOf(label: string, color: string, unit: string, more: uPlot.Series = {}): uPlot.Series {
  return {
    label,
    stroke: color,
    width: 2,
    value: (_plot, value) => (value === null ? '–' : `${value.toFixed(2)} ${unit}`),
    ...more,
  };
}
