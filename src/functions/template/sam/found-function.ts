import type { Captured } from '../notes';
import type { Position } from '../values';
import type { WantedFunction } from '../wanted';
import type { Ignored } from './ignored';

/** A function with what was noted of it; its value is undefined where that is a problem or a limit. */
export interface FoundFunction extends Captured<WantedFunction | undefined> {
  readonly logicalId: string;
  readonly name: string;
  readonly place: Position;
  readonly ignored: readonly Ignored[];
}
