export const handler = async () => globalThis.names;
