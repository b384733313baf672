import { h, render } from 'preact';
import { StoreContext } from './hooks';
import { follow } from './live';
import { Page } from './page';
import { Store } from './store';

const store = new Store();
const root = document.getElementById('page');
if (root) {
  root.replaceChildren();
  follow(store);
  render(h(StoreContext.Provider, { value: store }, h(Page, null)), root);
}
