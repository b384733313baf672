import type { Captured } from '../notes';
import type { Position } from '../values';
import type { WantedFunction } from '../wanted';
import type { Ignored } from './ignored';

/** A function with its notes. Its value may be undefined if they have a problem or a limit. */
export interface FoundFunction extends Captured<WantedFunction | undefined> {
  readonly logicalId: string;
  readonly name: string;
  readonly place: Position;
  readonly ignored: readonly Ignored[];
}
