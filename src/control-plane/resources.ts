import type { Operations } from './operations';
import { accountOperations } from './resources/account';
import { codeSigningOperations } from './resources/code-signing';
import { eventInvokeOperations } from './resources/event-invoke';
import { eventSourceMappingOperations } from './resources/event-source-mappings';
import { functionUrlOperations } from './resources/function-urls';
import { layerPolicyOperations } from './resources/layer-policies';
import type { ResourceParts } from './resources/parts';
import { permissionOperations } from './resources/permissions';
import { recursionOperations } from './resources/recursion';
import { runtimeManagementOperations } from './resources/runtime-management';
import { scalingOperations } from './resources/scaling';
import { tagOperations } from './resources/tags';

/** Operations on stored configurations other than functions, versions, aliases and layers. */
export function storedOperations(parts: ResourceParts): Operations {
  return {
    ...accountOperations(parts),
    ...codeSigningOperations(parts),
    ...eventInvokeOperations(parts),
    ...eventSourceMappingOperations(parts),
    ...functionUrlOperations(parts),
    ...layerPolicyOperations(parts),
    ...permissionOperations(parts),
    ...recursionOperations(parts),
    ...runtimeManagementOperations(parts),
    ...scalingOperations(parts),
    ...tagOperations(parts),
  };
}
