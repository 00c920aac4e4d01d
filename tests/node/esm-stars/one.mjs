export const a = 1, both = 1;
export default 0;
