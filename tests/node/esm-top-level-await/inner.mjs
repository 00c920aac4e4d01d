await null;
export const inner = await Promise.resolve('inner');
