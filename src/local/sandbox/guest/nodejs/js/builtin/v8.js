// `node:v8`: values as bytes, and plausible figures; the engine is QuickJS.

import process from "node:process";
import { Deserializer, Serializer } from "hoist:v8-serdes";
import { throwingAll, throwingClasses } from "hoist:unavailable";
import { ERR_INVALID_ARG_TYPE } from "__wasm_rquickjs_builtin/internal/errors";

const WHY = "its engine is not V8";

class DefaultSerializer extends Serializer {}
class DefaultDeserializer extends Deserializer {}

function getHeapStatistics() {
  const { heapTotal, heapUsed } = process.memoryUsage();
  const limit = process.constrainedMemory();
  return {
    total_heap_size: heapTotal, total_heap_size_executable: 0, total_physical_size: heapTotal,
    total_available_size: Math.max(0, limit - heapUsed), used_heap_size: heapUsed, heap_size_limit: limit,
    malloced_memory: heapUsed, peak_malloced_memory: heapTotal, does_zap_garbage: 0, number_of_native_contexts: 1,
    number_of_detached_contexts: 0, total_global_handles_size: 0, used_global_handles_size: 0, external_memory: 0,
  };
}

export default {
  cachedDataVersionTag: () => 0,
  getHeapStatistics,
  getHeapSpaceStatistics: () => [],
  getHeapCodeStatistics: () => ({
    code_and_metadata_size: 0, bytecode_and_metadata_size: 0, external_script_source_size: 0, cpu_profiler_metadata_size: 0,
  }),
  setFlagsFromString(flags) {
    if (typeof flags !== "string") throw new ERR_INVALID_ARG_TYPE("flags", "string", flags);
  },
  serialize(value) {
    const serializer = new DefaultSerializer();
    serializer.writeHeader();
    serializer.writeValue(value);
    return serializer.releaseBuffer();
  },
  deserialize(buffer) {
    if (!ArrayBuffer.isView(buffer)) {
      throw Object.assign(new TypeError("buffer must be a TypedArray or a DataView"), { code: "ERR_INVALID_ARG_TYPE" });
    }
    const deserializer = new DefaultDeserializer(buffer);
    deserializer.readHeader();
    return deserializer.readValue();
  },
  Serializer,
  Deserializer,
  DefaultSerializer,
  DefaultDeserializer,
  takeCoverage() {},
  stopCoverage() {},
  setHeapSnapshotNearHeapLimit() {},
  ...throwingAll("v8", "getHeapSnapshot writeHeapSnapshot queryObjects", WHY),
  ...throwingClasses("v8", "GCProfiler", Object, WHY),
  promiseHooks: throwingAll("v8.promiseHooks", "createHook onInit onBefore onAfter onSettled", WHY),
  startupSnapshot: {
    isBuildingSnapshot: () => false,
    ...throwingAll("v8.startupSnapshot", "addSerializeCallback addDeserializeCallback setDeserializeMainFunction", WHY),
  },
};
