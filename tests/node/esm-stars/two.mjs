export const b = 2, both = 2;
