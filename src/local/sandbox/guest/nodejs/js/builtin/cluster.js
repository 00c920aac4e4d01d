// `node:cluster`: the only process is the primary one.

import { EventEmitter } from "node:events";
import { throwingAll, throwingClasses } from "hoist:unavailable";

const cluster = new EventEmitter();
export default Object.assign(cluster, {
  isWorker: false,
  isMaster: true,
  isPrimary: true,
  ...throwingClasses("cluster", "Worker", EventEmitter, "there is one process"),
  workers: {},
  settings: {},
  SCHED_NONE: 1,
  SCHED_RR: 2,
  schedulingPolicy: 2,
  setupPrimary(settings) {
    Object.assign(cluster.settings, settings);
  },
  setupMaster(settings) {
    Object.assign(cluster.settings, settings);
  },
  ...throwingAll("cluster", "fork", "there is one process"),
  disconnect(callback) {
    queueMicrotask(() => callback?.());
  },
});
