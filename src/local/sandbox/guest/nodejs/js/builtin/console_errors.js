// Errors of `Console` that the vendored list of Node's errors lacks.

export { ERR_INVALID_ARG_TYPE } from "__wasm_rquickjs_builtin/internal/errors";

export class ERR_CONSOLE_WRITABLE_STREAM extends TypeError {
  constructor(name) {
    super(`Console expects a writable stream instance for ${name}`);
    this.code = "ERR_CONSOLE_WRITABLE_STREAM";
  }
}
