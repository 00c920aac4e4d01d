export default 'default';
const local = 'local';
export { local as named };
