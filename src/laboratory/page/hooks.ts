import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import { type Route, routeOf } from './routing';
import { Store } from './store';

export const StoreContext = createContext(new Store());

/**
 * Renders the component again after each change of the store, at most every `everyMs`. A view with a long table passes
 * a second, since rendering the table takes most of the time.
 */
export function useStore(everyMs = 0): Store {
  const store = useContext(StoreContext);
  const [, redraw] = useState(0);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let drawnAt = Number.NEGATIVE_INFINITY;
    const draw = () => {
      timer = undefined;
      drawnAt = performance.now();
      redraw((drawn) => drawn + 1);
    };
    const unsubscribe = store.subscribe(() => {
      timer ??= setTimeout(draw, Math.max(0, drawnAt + everyMs - performance.now()));
    });
    return () => {
      unsubscribe();
      clearTimeout(timer);
    };
  }, [store, everyMs]);
  return store;
}

export function useRoute(): Route {
  const [route, setRoute] = useState(() => routeOf(location.hash));
  useEffect(() => {
    const moved = () => setRoute(routeOf(location.hash));
    addEventListener('hashchange', moved);
    return () => removeEventListener('hashchange', moved);
  }, []);
  return route;
}

/** A value that the browser keeps for this origin, as JSON. */
export function useKept<T>(key: string, initial: T): [T, (value: T) => void] {
  const read = () => {
    try {
      return JSON.parse(localStorage.getItem(key) ?? '') as T;
    } catch {
      return initial;
    }
  };
  const [value, setValue] = useState<T>(read);
  const keep = (next: T) => {
    setValue(next);
    try {
      localStorage.setItem(key, JSON.stringify(next));
    } catch {
      // The storage is full or disabled: the value lasts only for this visit.
    }
  };
  return [value, keep];
}
