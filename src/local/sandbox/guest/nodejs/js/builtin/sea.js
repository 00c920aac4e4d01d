// `node:sea`: the function is no single executable.

import { throwingAll } from "hoist:unavailable";

export default {
  isSea: () => false,
  ...throwingAll("sea", "getAsset getRawAsset getAssetAsBlob getAssetKeys", "the function is no single executable application"),
};
