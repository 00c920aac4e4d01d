export default 'd';
export const x = 1;
