import { readFileSync } from 'fs';
import path from 'path';
export const handler = async () => [typeof readFileSync, path.join('a', '..', 'b'), typeof require, import.meta.url.startsWith('file:///')];
