// `node:tty`: nothing is a terminal here.

export function isatty() {
  return false;
}

function noTerminal(name) {
  return function () {
    const error = new Error(`tty.${name}: no file descriptor is a terminal in Hoist's sandbox`);
    error.code = "ERR_TTY_INIT_FAILED";
    throw error;
  };
}

export const ReadStream = noTerminal("ReadStream");
export const WriteStream = noTerminal("WriteStream");

export default { isatty, ReadStream, WriteStream };
