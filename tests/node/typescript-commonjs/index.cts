import os = require("node:os");
import counter = require("./counter.cjs");
import type { Unit } from "./counter.cjs";

const unit: Unit = "times";

export = {
  handler: async (event: { by: number }) => `${counter(event.by)} ${unit}${os.EOL}`,
};
