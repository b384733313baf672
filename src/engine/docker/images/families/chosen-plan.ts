import type { Origin } from '../../../../runtimes/bases';
import type { Recipe } from '../recipe';

/** The plan of an image and the origin of its base. */
export interface ChosenPlan {
  readonly origin: Origin | 'own';
  readonly plan: Recipe;
}
