import type { Origin } from '../../../../runtimes/bases';
import type { Recipe } from '../recipe';

/** How an image is made, and on whose base. */
export interface ChosenPlan {
  readonly origin: Origin | 'own';
  readonly plan: Recipe;
}
