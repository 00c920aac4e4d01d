const value = await new Promise((resolve) => setTimeout(resolve, 2, 'waited'));
const { inner } = await import('./inner.mjs');
export const handler = async () => [value, inner];
