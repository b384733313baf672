import { randomUUID } from 'node:crypto';
import { LambdaError } from '../../aws/errors';
import { Tags } from '../../functions/registry/tags';
import type { Caller } from '../caller';
import type { Operations } from '../operations';
import { pageOf } from '../paging';
import { arnOf, type ResourceTarget, targetOf } from '../references';
import {
  checkRegions,
  checkSource,
  isKafka,
  isStream,
  sameSource,
  sourceDefaults,
  sourceKind,
  sourcesOf,
} from './event-sources';
import { eventSourceMappings, type Mapping } from './mappings';
import { exists, invalidValue, noSuchResource, type ResourceParts } from './parts';

/** Event source mappings are validated, stored and shown. */
export function eventSourceMappingOperations({ registry, progress }: ResourceParts): Operations {
  const mappings = eventSourceMappings(registry);
  const tags = new Tags(registry.database);

  const stored = (uuid: string, caller: Caller): Mapping => {
    const mapping = mappings.get(caller, uuid);
    if (mapping === undefined) throw noSuchResource();
    return mapping;
  };
  const knownTarget = (functionName: string, caller: Caller): ResourceTarget => {
    const target = targetOf({ FunctionName: functionName }, caller);
    if (!exists(registry, caller, target)) throw invalidValue('Function does not exist');
    return target;
  };
  /** Changes take effect at once, but are shown as being under way for a moment, as the service does. */
  const shown = (mapping: Mapping, caller: Caller): object => {
    const { uuid, modifiedMs, transition } = mapping;
    const isUnderWay = transition !== undefined && progress.look(`mapping ${uuid}`, modifiedMs);
    return toConfiguration(mapping, caller, isUnderWay ? transition : undefined);
  };
  const refuseSecond = (mapping: Mapping, caller: Caller) => {
    const other = mappings
      .list(caller)
      .map(({ document }) => document)
      .find(
        (each) =>
          each.uuid !== mapping.uuid &&
          each.functionName === mapping.functionName &&
          each.qualifier === mapping.qualifier &&
          sameSource(each.settings, mapping.settings),
      );
    if (other === undefined) return;
    const arn = mapping.settings.EventSourceArn ?? '';
    const rest = `Please update or delete the existing mapping with UUID ${other.uuid}`;
    const kind = sourceKind(mapping.settings);
    if (isKafka(kind)) {
      const sources = sourcesOf(mapping.settings).join();
      const topics = mapping.settings.Topics?.join();
      throw new LambdaError(
        'ResourceConflictException',
        `An event source mapping with event source ("${sources}"), function ("${arnOf(caller, mapping)}"), topics ("${topics}") already exists. ${rest}`,
      );
    }
    throw new LambdaError(
      'ResourceConflictException',
      kind === 'sqs'
        ? `An event source mapping with SQS arn (" ${arn} ") and function (" ${mapping.functionName} ") already exists. ${rest}`
        : `The event source arn (" ${arn} ") and function (" ${mapping.functionName} ") provided mapping already exists. ${rest}`,
    );
  };

  return {
    CreateEventSourceMapping(input, caller) {
      const { FunctionName, Enabled = true, Tags: tagged = {}, ...asked } = withoutEmptyFilters(input);
      const kind = sourceKind(asked);
      const settings = { ...sourceDefaults[kind], ...asked };
      checkSource(kind, settings);
      checkRegions(settings, caller.region);
      const mapping: Mapping = {
        uuid: randomUUID(),
        ...knownTarget(FunctionName, caller),
        enabled: Enabled,
        modifiedMs: registry.nowMs(),
        transition: 'Creating',
        transitionReason: isStream(kind) ? 'User action' : 'USER_INITIATED',
        settings,
      };
      registry.database.transaction(() => {
        refuseSecond(mapping, caller);
        mappings.put(caller, mapping.uuid, mapping);
        if (Object.keys(tagged).length > 0) tags.add(caller, tagKey(mapping.uuid), tagged);
      });
      return toConfiguration(mapping, caller, 'Creating');
    },

    GetEventSourceMapping: ({ UUID }, caller) => shown(stored(UUID, caller), caller),

    UpdateEventSourceMapping({ UUID, FunctionName, Enabled, ...change }, caller) {
      return registry.database.transaction(() => {
        const { functionName, qualifier, ...before } = stored(UUID, caller);
        const target =
          FunctionName === undefined
            ? { functionName, ...(qualifier !== undefined && { qualifier }) }
            : knownTarget(FunctionName, caller);
        const settings = withoutEmptyFilters({ ...before.settings, ...change });
        checkSource(sourceKind(settings), settings);
        checkRegions(settings, caller.region);
        const isEnabled = Enabled ?? before.enabled;
        const mapping: Mapping = {
          ...before,
          ...target,
          enabled: isEnabled,
          modifiedMs: registry.nowMs(),
          transition: isEnabled === before.enabled ? 'Updating' : isEnabled ? 'Enabling' : 'Disabling',
          settings,
        };
        refuseSecond(mapping, caller);
        mappings.replace(caller, UUID, mapping);
        return toConfiguration(mapping, caller, mapping.transition);
      });
    },

    DeleteEventSourceMapping({ UUID }, caller) {
      return registry.database.transaction(() => {
        const mapping = stored(UUID, caller);
        mappings.remove(caller, UUID);
        tags.removeAll(caller, tagKey(UUID));
        return toConfiguration(mapping, caller, 'Deleting');
      });
    },

    ListEventSourceMappings(input, caller) {
      const { EventSourceArn: source, FunctionName } = input;
      const target = FunctionName === undefined ? undefined : targetOf({ FunctionName }, caller);
      const matching = mappings
        .list(caller)
        .filter(
          ({ document: { settings, functionName, qualifier } }) =>
            (source === undefined || settings.EventSourceArn === source) &&
            (target === undefined ||
              (functionName === target.functionName && qualifier === target.qualifier)),
        );
      const { items, ...next } = pageOf(matching, ({ key }) => key, input, 100);
      return { EventSourceMappings: items.map(({ document }) => shown(document, caller)), ...next };
    },
  };
}

/** The service leaves out an empty list of filters. */
function withoutEmptyFilters<T extends Pick<Mapping['settings'], 'FilterCriteria'>>(settings: T): T {
  if (settings.FilterCriteria?.Filters?.length) return settings;
  const { FilterCriteria: _, ...others } = settings;
  return others as T;
}

const tagKey = (uuid: string) => `event-source-mapping:${uuid}`;

function toConfiguration(
  mapping: Mapping,
  caller: Caller,
  state = mapping.enabled ? 'Enabled' : 'Disabled',
): object {
  const { uuid, settings, modifiedMs, transitionReason } = mapping;
  const { region, accountId } = caller;
  return {
    ...settings,
    UUID: uuid,
    EventSourceMappingArn: `arn:aws:lambda:${region}:${accountId}:event-source-mapping:${uuid}`,
    FunctionArn: arnOf(caller, mapping),
    LastModified: modifiedMs / 1_000,
    State: state,
    StateTransitionReason: transitionReason,
    ...(isStream(sourceKind(settings)) && { LastProcessingResult: 'No records processed' }),
  };
}
