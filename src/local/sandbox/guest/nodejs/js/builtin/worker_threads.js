// `node:worker_threads`: one thread, the main one.

import { BroadcastChannel, MessageChannel, MessagePort, receiveMessageOnPort } from "hoist:message-channel";
import { throwingAll, throwingClasses } from "hoist:unavailable";
import { EventEmitter } from "node:events";

const WHY = "it has one thread";
const environment = new Map();

export default {
  isMainThread: true,
  isInternalThread: false,
  MessagePort,
  MessageChannel,
  markAsUncloneable() {},
  markAsUntransferable() {},
  isMarkedAsUntransferable: () => false,
  receiveMessageOnPort,
  resourceLimits: {},
  threadId: 0,
  threadName: "",
  SHARE_ENV: Symbol.for("nodejs.worker_threads.SHARE_ENV"),
  ...throwingClasses("worker_threads", "Worker", EventEmitter, WHY),
  parentPort: null,
  workerData: null,
  BroadcastChannel,
  setEnvironmentData(key, value) {
    if (value === undefined) environment.delete(key);
    else environment.set(key, value);
  },
  getEnvironmentData: (key) => environment.get(key),
  ...throwingAll("worker_threads", "moveMessagePortToContext postMessageToThread", WHY),
};
