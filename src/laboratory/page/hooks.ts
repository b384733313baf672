import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import { type Route, routeOf } from './routing';
import { Store } from './store';

export const StoreContext = createContext(new Store());

/**
 * The store; the component is drawn again whenever it has changed, at most every `everyMs`. A view with a long table asks
 * for a second: drawing it anew takes longer than everything else.
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

/** A value that the browser keeps for this address, as JSON. */
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
      // Full, or switched off: it holds for this visit.
    }
  };
  return [value, keep];
}
