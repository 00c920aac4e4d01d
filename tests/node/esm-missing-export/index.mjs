import { y } from './x.mjs';
export const handler = async () => y;
