// `node:trace_events`: nothing is traced.

import { throwingAll } from "hoist:unavailable";

export default {
  ...throwingAll("trace_events", "createTracing", "its engine writes no traces"),
  getEnabledCategories: () => undefined,
};
